package io.stoker.prompts;

import org.jspecify.annotations.Nullable;

/// A piece of a conversation's history.
public sealed interface HistoryPart {

  /// What was said.
  record Text(String text) implements HistoryPart {}

  /// What the model thought.
  record Thinking(String text) implements HistoryPart {}

  /// A call of a tool by the model.
  ///
  /// @param input its arguments, as JSON
  /// @param stepId the step that called; null if nobody said
  record ToolCall(String toolCallId, String toolName, String input, @Nullable String stepId)
      implements HistoryPart {}

  /// What a tool gave.
  ///
  /// @param stepId the step that called it; null if nobody said
  record ToolResult(
      String toolCallId, String toolName, String content, boolean isError, @Nullable String stepId)
      implements HistoryPart {}

  /// Why a turn ended early. Not shown to models.
  ///
  /// @param code for programs; null for none
  record Failure(String message, @Nullable String code) implements HistoryPart {}

  /// An instruction in the middle of the conversation.
  record Instruction(String text) implements HistoryPart {}
}
