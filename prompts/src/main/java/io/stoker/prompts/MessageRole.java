package io.stoker.prompts;

/// The speaker of a message.
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
