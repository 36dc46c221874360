package io.stoker.answers.rag;

import org.jspecify.annotations.Nullable;

/// An upload that cannot be read as a document. The message says why, and what to do.
public final class UnreadableDocumentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What is wrong with it.
  public enum Code {
    /// Larger than [DocumentText#MAX_BYTES], or its text is.
    TOO_LARGE,
    /// Neither text nor Markdown nor PDF.
    UNKNOWN_KIND,
    /// A text that is not UTF-8.
    NOT_UTF_8,
    /// There is nothing in it.
    EMPTY,
    /// A PDF that opens only with a password, or whose text must not be taken out.
    ENCRYPTED,
    /// A PDF without text, most often a scan.
    NO_TEXT,
    /// A PDF that is damaged.
    DAMAGED
  }

  private final Code code;

  UnreadableDocumentException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// What is wrong with it.
  public Code code() {
    return code;
  }
}
