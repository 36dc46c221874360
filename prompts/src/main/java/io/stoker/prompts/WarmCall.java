package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.prompts.PromptWarmer.WarmResult;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A warm in flight, which is also the timer that ends it. Thread-safe.
final class WarmCall extends WarmTimers.Timer {

  /// How it is ended from outside.
  enum End {
    /// Not at all.
    NONE,
    /// Nobody wants it any more.
    CANCELLED,
    /// It takes too long.
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

  /// @param conversation as it was when the warm was decided on
  /// @param decidedAt when that was
  /// @param model the full name
  /// @param manual whether somebody asked for it
  /// @param report is told what came of it, once, unless it is cancelled
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

  /// What those get who wait for it.
  CompletableFuture<WarmResult> result() {
    return result;
  }

  /// Remembers what it cost.
  void succeeded(Usage cost) {
    usage = cost;
  }

  /// Remembers why it failed.
  void failed(Throwable why) {
    error = why;
  }

  /// Tells those who wait.
  ///
  /// @param after the conversation behind it
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

  /// Tells those who wait that it was broken off.
  void finish(WarmRefusedException why) {
    result.completeExceptionally(why);
  }

  /// Says what came of it, unless that has been said or nobody wants to know.
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
