package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// A part of a conversation's history.
public sealed interface HistoryPart {

  /// Text of the user or the model.
  record Text(String text) implements HistoryPart {}

  /// Reasoning of the model.
  record Thinking(String text) implements HistoryPart {}

  /// A tool call by the model.
  ///
  /// @param input its arguments, as JSON
  /// @param stepId the calling step; null if unknown
  record ToolCall(String toolCallId, String toolName, String input, @Nullable String stepId)
      implements HistoryPart {}

  /// The result of a tool.
  ///
  /// @param stepId the calling step; null if unknown
  record ToolResult(
      String toolCallId, String toolName, String content, boolean isError, @Nullable String stepId)
      implements HistoryPart {}

  /// The reason why a turn failed. Not sent to models.
  ///
  /// @param code machine-readable; null for none
  record Failure(String message, @Nullable String code) implements HistoryPart {}

  /// A system message within the conversation.
  record Instruction(String text) implements HistoryPart {}
}
