package io.stoker.prompts;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// An event of a turn, in the order in which watchers get them.
public sealed interface ChatEvent {

  String conversationId();

  String turnId();

  /// The user's message; the first event of every turn.
  record UserMessage(String conversationId, String turnId, String text) implements ChatEvent {}

  /// The model is about to be called.
  record TurnStart(String conversationId, String turnId) implements ChatEvent {}

  /// A piece of the answer.
  record TextDelta(String conversationId, String turnId, String delta) implements ChatEvent {}

  /// A piece of the reasoning.
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

  /// The result of a tool.
  ///
  /// @param took null if unknown
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

  /// The usage of a step.
  record StepUsage(String conversationId, String turnId, String stepId, Usage usage)
      implements ChatEvent {}

  /// The end of a call to the model.
  record StepComplete(String conversationId, String turnId, TurnMetrics.StepMetrics metrics)
      implements ChatEvent {}

  /// The turn failed.
  ///
  /// @param code machine-readable; null for none
  record Failed(String conversationId, String turnId, String message, @Nullable String code)
      implements ChatEvent {}

  /// The answer has ended, but is not stored yet.
  ///
  /// @param reason the finish reason, `aborted` or `error`
  record Done(String conversationId, String turnId, String reason, TurnMetrics metrics)
      implements ChatEvent {}

  /// The turn is stored, and the next one may begin; the last event of every turn that began.
  record TurnSealed(String conversationId, String turnId) implements ChatEvent {}
}
