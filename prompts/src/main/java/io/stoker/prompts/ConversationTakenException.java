package io.stoker.prompts;

/// Thrown when a conversation cannot be saved because another process has taken it over.
public final class ConversationTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param id of the conversation
  public ConversationTakenException(String id) {
    super("another server has taken conversation " + id + " over");
  }
}
