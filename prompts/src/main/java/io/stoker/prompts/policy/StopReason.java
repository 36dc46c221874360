package io.stoker.prompts.policy;

/// Why the model stopped, as far as it says something about when the next request comes.
public enum StopReason {
  /// It has said what it had to say; a person reads it.
  END_OF_TURN,
  /// It wants a tool; a program runs it.
  TOOL_USE,
  /// It wants a tool that a person has to allow.
  AWAITING_PERMISSION,
  /// It waits for something that runs for long.
  BACKGROUND_JOB
}
