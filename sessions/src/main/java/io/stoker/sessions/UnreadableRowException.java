package io.stoker.sessions;

/// Says that one row of the source cannot become an entry; the message is the reason to count.
///
/// Cheap on purpose, since a bad column can make a million of them: no stack trace.
final class UnreadableRowException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadableRowException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
