package io.stoker.prompts.policy;

/// Why the model stopped; it hints at when the next request comes.
public enum StopReason {
  /// The answer is complete, and a person reads it.
  END_OF_TURN,
  /// The model called a tool, which a program runs.
  TOOL_USE,
  /// The model called a tool that a person has to allow.
  AWAITING_PERMISSION,
  /// The model waits for a long-running job.
  BACKGROUND_JOB
}
