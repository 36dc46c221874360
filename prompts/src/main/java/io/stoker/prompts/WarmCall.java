package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.prompts.PromptWarmer.WarmResult;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A warm in flight, with its timeout timer in the same object. Thread-safe.
final class WarmCall extends WarmTimers.Timer {

  /// How it was ended from outside.
  enum End {
    /// It was not.
    NONE,
    /// Cancelled.
    CANCELLED,
    /// Timed out.
    TIMED_OUT
  }

  private final Conversation conversation;
  private final Instant decidedAt;
  private final String model;
  private final boolean manual;
  private final CompletableFuture<WarmResult> result = new CompletableFuture<>();
  private volatile End end = End.NONE;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Usage usage;
  private volatile @Nullable Throwable error;
  private final BiConsumer<WarmCall, WarmingEvent> report;
  private final AtomicBoolean reported = new AtomicBoolean();

  /// @param conversation the state when the warm was decided on
  /// @param model the full name
  /// @param manual whether a user requested it
  /// @param report called once with the outcome, unless the warm is cancelled
  WarmCall(
      Conversation conversation,
      Instant decidedAt,
      String model,
      boolean manual,
      BiConsumer<WarmCall, WarmingEvent> report) {
    this.conversation = conversation;
    this.decidedAt = decidedAt;
    this.model = model;
    this.manual = manual;
    this.report = report;
  }

  Conversation conversation() {
    return conversation;
  }

  Instant decidedAt() {
    return decidedAt;
  }

  String conversationId() {
    return conversation.id();
  }

  long number() {
    return conversation.warming().number();
  }

  String model() {
    return model;
  }

  boolean isManual() {
    return manual;
  }

  /// The result for callers that wait.
  CompletableFuture<WarmResult> result() {
    return result;
  }

  /// Records the usage.
  void succeeded(Usage cost) {
    usage = cost;
  }

  /// Records the failure.
  void failed(Throwable why) {
    error = why;
  }

  /// Completes the result.
  ///
  /// @param after the conversation after the warm
  void finish(Conversation after) {
    var cost = usage;
    var why = error;
    if (cost != null) {
      result.complete(new WarmResult(cost, after));
    } else {
      result.completeExceptionally(
          why == null ? new IllegalStateException("a warm ended without an outcome") : why);
    }
  }

  /// Fails the result of a cancelled warm.
  void finish(WarmRefusedException why) {
    result.completeExceptionally(why);
  }

  /// Reports the outcome, unless one was reported or the warm was cancelled.
  void report(WarmingEvent outcome) {
    if (end != End.CANCELLED && reported.compareAndSet(false, true)) {
      report.accept(this, outcome);
    }
  }

  End end() {
    return end;
  }

  void begin(Runnable work) {
    var started = BackgroundTask.virtual("stoker-warm", work);
    thread = started;
    started.start();
  }

  void end(End how) {
    end = how;
    var running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
