package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.TextRules;
import io.stoker.Time;
import io.stoker.prompts.ChatEvent.Done;
import io.stoker.prompts.ChatEvent.Failed;
import io.stoker.prompts.ChatEvent.ReasoningDelta;
import io.stoker.prompts.ChatEvent.StepComplete;
import io.stoker.prompts.ChatEvent.StepUsage;
import io.stoker.prompts.ChatEvent.TextDelta;
import io.stoker.prompts.ChatEvent.ToolCall;
import io.stoker.prompts.ChatEvent.TurnStart;
import io.stoker.prompts.ChatEvent.UserMessage;
import io.stoker.prompts.PromptProvider.Completion;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.TurnMetrics.StepMetrics;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running turn: calls the model, publishes its answer, and collects what is stored. It has one
/// step, since Stoker has no tools of its own. Confined to its turn's thread.
final class ChatTurn {

  private static final Logger LOG = LoggerFactory.getLogger(ChatTurn.class);
  private static final String ABORTED = "aborted";
  private static final String ERROR = "error";

  private final String conversationId;
  private final String turnId;
  private final String stepId;
  private final String text;
  private final Choice choice;
  private final @Nullable CacheTier tier;
  private final Time time;
  private final StringBuilder answer = new StringBuilder();
  private final StringBuilder thoughts = new StringBuilder();
  private final TextReassembler answerReassembler = new TextReassembler();
  private final TextReassembler thoughtReassembler = new TextReassembler();
  private Consumer<ChatEvent> watchers = _ -> {};
  private Duration began = Duration.ZERO;
  private @Nullable Instant touchedAt;
  private @Nullable Duration timeToFirst;
  private @Nullable Duration timeToLast;
  private @Nullable Usage usage;
  private StopReason stop = StopReason.END_OF_TURN;
  private @Nullable HistoryPart error;
  private Duration took = Duration.ZERO;

  /// @param tier null for the provider's default
  ChatTurn(
      String conversationId,
      String turnId,
      String text,
      Choice choice,
      @Nullable CacheTier tier,
      Time time) {
    this.conversationId = conversationId;
    this.turnId = turnId;
    this.stepId = turnId + "#0";
    this.text = text;
    this.choice = choice;
    this.tier = tier;
    this.time = time;
  }

  String conversationId() {
    return conversationId;
  }

  String turnId() {
    return turnId;
  }

  String text() {
    return text;
  }

  Choice choice() {
    return choice;
  }

  @Nullable CacheTier tier() {
    return tier;
  }

  UserMessage userMessage() {
    return new UserMessage(conversationId, turnId, text);
  }

  /// The start of the request that the provider accepted; null if it accepted none.
  @Nullable Instant touchedAt() {
    return touchedAt;
  }

  /// Null if the provider accepted no request.
  @Nullable TurnOutcome outcome() {
    var requestedTier = tier == null ? choice.provider().defaultTier() : tier;
    return touchedAt == null
        ? null
        : new TurnOutcome(stop, requestedTier, usage == null ? Usage.NONE : usage, timeToFirst);
  }

  /// Supplies the request.
  interface RequestSource {
    PromptRequest request();
  }

  /// Calls the model, and publishes its answer to the end, however it ends.
  void run(RequestSource source, Consumer<ChatEvent> listener) {
    watchers = listener;
    began = time.ticks();
    listener.accept(new TurnStart(conversationId, turnId));
    var reason = answered(source);
    took = time.ticks().minus(began);
    listener.accept(new StepComplete(conversationId, turnId, step()));
    listener.accept(new Done(conversationId, turnId, reason, metrics()));
  }

  private String answered(RequestSource source) {
    try {
      var request = source.request();
      var startedAt = time.now();
      return completed(streamed(request, startedAt), startedAt);
    } catch (InterruptedException _) {
      return ABORTED;
    } catch (CallException e) {
      return failed(String.valueOf(e.getMessage()), e.code().broad().name());
    } catch (RuntimeException | Error e) {
      LOG.error("A turn of conversation {} failed", conversationId, e);
      return failed(String.valueOf(e.getMessage()), "INTERNAL");
    }
  }

  private Completion streamed(PromptRequest request, Instant startedAt)
      throws InterruptedException {
    try {
      return choice.provider().stream(request, delta -> received(delta, startedAt));
    } finally {
      emitThought(thoughtReassembler.flush());
      emitText(answerReassembler.flush());
    }
  }

  private void received(Delta delta, Instant startedAt) {
    touchedAt = startedAt;
    timeToLast = time.ticks().minus(began);
    if (timeToFirst == null) {
      timeToFirst = timeToLast;
    }
    switch (delta) {
      case Delta.Text piece -> emitText(answerReassembler.add(piece.text()));
      case Delta.Reasoning piece -> emitThought(thoughtReassembler.add(piece.text()));
      case Delta.ToolCall call ->
          watchers.accept(
              new ToolCall(
                  conversationId,
                  turnId,
                  stepId,
                  call.toolCallId(),
                  call.toolName(),
                  call.input()));
    }
  }

  private void emitText(String piece) {
    if (!piece.isEmpty()) {
      answer.append(piece);
      watchers.accept(new TextDelta(conversationId, turnId, piece));
    }
  }

  private void emitThought(String piece) {
    if (!piece.isEmpty()) {
      thoughts.append(piece);
      watchers.accept(new ReasoningDelta(conversationId, turnId, piece));
    }
  }

  private String completed(Completion completion, Instant startedAt) {
    touchedAt = startedAt;
    usage = completion.usage();
    stop = isForTools(completion.reason()) ? StopReason.TOOL_USE : StopReason.END_OF_TURN;
    watchers.accept(new StepUsage(conversationId, turnId, stepId, completion.usage()));
    return completion.reason();
  }

  private static boolean isForTools(String reason) {
    return reason.equals("tool-calls") || reason.equals("tool_calls") || reason.equals("tool_use");
  }

  private String failed(String detail, String code) {
    var message = TextRules.sanitized(detail);
    var lower = code.toLowerCase(Locale.ROOT).replace('_', '-');
    error = new HistoryPart.Failure(message, lower);
    watchers.accept(new Failed(conversationId, turnId, message, lower));
    return ERROR;
  }

  private StepMetrics step() {
    var decoding = timeToFirst == null || timeToLast == null ? null : timeToLast.minus(timeToFirst);
    return new StepMetrics(stepId, usage == null ? Usage.NONE : usage, timeToFirst, decoding, took);
  }

  TurnMetrics metrics() {
    var used = usage;
    return new TurnMetrics(
        turnId,
        used == null ? Usage.NONE : used,
        took,
        List.of(step()),
        used == null ? null : Long.valueOf(used.inputTokens() + used.outputTokens()));
  }

  /// The messages to store: the user's, and as much of the answer as came. Tool calls are left out,
  /// since models reject calls without a result.
  List<Message> messages() {
    var messages = new ArrayList<Message>();
    messages.add(new Message(MessageRole.USER, new HistoryPart.Text(text)));
    if (!thoughts.isEmpty()) {
      messages.add(
          new Message(MessageRole.ASSISTANT, new HistoryPart.Thinking(thoughts.toString())));
    }
    if (!answer.isEmpty()) {
      messages.add(new Message(MessageRole.ASSISTANT, new HistoryPart.Text(answer.toString())));
    }
    if (error != null) {
      messages.add(new Message(MessageRole.ASSISTANT, error));
    }
    return messages;
  }
}
