package io.stoker.prompts;

/// A conversation, without its history.
///
/// @param id chosen by whoever began it
/// @param model the full name of the model it was last held with; empty before the first turn
/// @param cwd the folder it is about; empty for none
/// @param warming how its warming stands
public record Conversation(String id, String model, String cwd, Warming warming) {

  /// The longest id, in characters.
  public static final int LONGEST_ID = 200;

  /// Checks the id.
  public Conversation {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "wanted an id of 1 to " + LONGEST_ID + " characters without control characters");
    }
  }

  /// Whether a text can be an id.
  public static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_ID
        && text.chars().noneMatch(Character::isISOControl);
  }

  Conversation with(Warming next) {
    return new Conversation(id, model, cwd, next);
  }
}
