package io.stoker.answers.rag;

import org.jspecify.annotations.Nullable;

/// Thrown when an upload cannot be read as a document. The message says why, and what to do.
public final class UnreadableDocumentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Kind of error.
  public enum Code {
    /// Larger than [DocumentText#MAX_BYTES], or its text is.
    TOO_LARGE,
    /// Not a text, Markdown or PDF file.
    UNKNOWN_KIND,
    /// Text in another encoding.
    NOT_UTF_8,
    /// Empty.
    EMPTY,
    /// A PDF that needs a password, or forbids the extraction of its text.
    ENCRYPTED,
    /// A PDF without text, usually a scan.
    NO_TEXT,
    /// A damaged PDF.
    DAMAGED
  }

  private final Code code;

  UnreadableDocumentException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// Kind of error.
  public Code code() {
    return code;
  }
}
