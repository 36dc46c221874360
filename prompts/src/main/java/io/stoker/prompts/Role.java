package io.stoker.prompts;

/// Who speaks in a conversation.
public enum Role {
  /// Instructions.
  SYSTEM,
  /// The user.
  USER,
  /// The model.
  ASSISTANT,
  /// A tool that the model called.
  TOOL
}
