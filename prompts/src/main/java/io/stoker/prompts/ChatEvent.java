package io.stoker.prompts;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What happens in a turn, in the order in which watchers see it.
public sealed interface ChatEvent {

  /// Whose turn it is in.
  String conversationId();

  /// The turn.
  String turnId();

  /// What the user said; the first of every turn.
  record UserMessage(String conversationId, String turnId, String text) implements ChatEvent {}

  /// The model is about to be asked.
  record TurnStart(String conversationId, String turnId) implements ChatEvent {}

  /// A piece of the answer.
  record TextDelta(String conversationId, String turnId, String delta) implements ChatEvent {}

  /// A piece of what the model thinks.
  record ReasoningDelta(String conversationId, String turnId, String delta) implements ChatEvent {}

  /// The model calls a tool.
  ///
  /// @param input its arguments, as JSON
  record ToolCall(
      String conversationId,
      String turnId,
      String stepId,
      String toolCallId,
      String toolName,
      String input)
      implements ChatEvent {}

  /// A tool has answered.
  ///
  /// @param took null if nobody measured
  record ToolResult(
      String conversationId,
      String turnId,
      String stepId,
      String toolCallId,
      String toolName,
      String content,
      boolean isError,
      @Nullable Duration took)
      implements ChatEvent {}

  /// What a step cost.
  record StepUsage(String conversationId, String turnId, String stepId, Usage usage)
      implements ChatEvent {}

  /// A round trip to the model is over.
  ///
  /// @param metrics how long it took
  record StepComplete(String conversationId, String turnId, TurnMetrics.StepMetrics metrics)
      implements ChatEvent {}

  /// The turn failed.
  ///
  /// @param code for programs; null for none
  record Failed(String conversationId, String turnId, String message, @Nullable String code)
      implements ChatEvent {}

  /// The model is done. What it said is not kept yet.
  ///
  /// @param reason the provider's, or `aborted`, or `error`
  record Done(String conversationId, String turnId, String reason, TurnMetrics metrics)
      implements ChatEvent {}

  /// The turn is kept, and the conversation is free for the next; the last of every turn that
  /// began.
  record TurnSealed(String conversationId, String turnId) implements ChatEvent {}
}
