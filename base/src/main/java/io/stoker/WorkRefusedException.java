package io.stoker;

/// Thrown when a [CpuWorkPool] cannot run a task or does not finish it in time.
public final class WorkRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public enum Code {
    /// All threads are busy and the queue is full; try again later.
    BUSY,
    /// The task took too long; a retry would, too.
    TOO_LONG
  }

  private final Code code;

  WorkRefusedException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
