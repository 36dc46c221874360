package io.stoker.prompts;

/// Who speaks in a conversation.
public enum MessageRole {
  /// Instructions.
  SYSTEM,
  /// The user.
  USER,
  /// The model.
  ASSISTANT,
  /// A tool that the model called.
  TOOL
}
