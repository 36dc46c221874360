package io.stoker;

/// Work was not done by [WorkThreads].
public final class WorkRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Code {
    /// There is more to do than there are threads. Later there may be one.
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
