package io.stoker;

/// Work that [CpuWorkPool] did not finish.
public final class WorkRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why it did not.
  public enum Code {
    /// No thread is free. One may be later.
    BUSY,
    /// It took too long, and will take as long again.
    TOO_LONG
  }

  private final Code code;

  WorkRefusedException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /// Why.
  public Code code() {
    return code;
  }
}
