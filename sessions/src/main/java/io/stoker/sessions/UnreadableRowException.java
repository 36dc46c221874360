package io.stoker.sessions;

/// Thrown when a row of the source cannot become an entry. The message is the reason that is
/// counted.
///
/// Has no stack trace, since one bad column can cause a million of them.
final class UnreadableRowException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadableRowException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
