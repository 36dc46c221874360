package io.stoker.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.TextRules;
import io.stoker.answers.BatchOptions;
import io.stoker.prompts.Conversation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;

/// Validates text from requests: its maximum length, by the name of the member or parameter, and
/// its characters, by [TextRules].
public final class TextLimits {

  /// The maximum length in characters of text with any other name.
  public static final int USUAL = 200;

  /// Longer than any known kind of token.
  private static final int TOKEN = 16_384;

  private static final int LINE = 1000;

  /// Limited by the size of the body, a setting, or both.
  private static final int BY_ITS_OWN_RULE = Integer.MAX_VALUE;

  private static final Map<String, Integer> LONGEST =
      Map.ofEntries(
          Map.entry("id", Conversation.MAX_ID_LENGTH),
          Map.entry("conversation", Conversation.MAX_ID_LENGTH),
          Map.entry("conversationId", Conversation.MAX_ID_LENGTH),
          Map.entry("tenant", Conversation.MAX_ID_LENGTH),
          Map.entry("scope", BatchOptions.MAX_LENGTH),
          Map.entry("name", BatchOptions.MAX_LENGTH),
          Map.entry("reason", 500),
          Map.entry("user_id", 256),
          Map.entry("token", TOKEN),
          Map.entry("cwd", LINE),
          Map.entry("model", LINE),
          Map.entry("search", LINE),
          Map.entry("message", 60_000),
          Map.entry("question", BY_ITS_OWN_RULE),
          Map.entry("aliases", BY_ITS_OWN_RULE),
          Map.entry("queries", BY_ITS_OWN_RULE),
          Map.entry("text", BY_ITS_OWN_RULE));

  private TextLimits() {}

  /// The maximum length of text with this name, in characters.
  public static int longest(String name) {
    return LONGEST.getOrDefault(name, USUAL);
  }

  /// Returns `text` unchanged.
  ///
  /// @throws InvalidValueException if it is too long or contains invalid characters
  public static String checked(String name, String text) {
    requireValidCharacters(name, text);
    int longest = longest(name);
    if (text.length() > longest) {
      throw new InvalidValueException(
          name, "expected at most " + longest + " characters, got " + text.length());
    }
    return text;
  }

  /// Rejects text that cannot be stored or sent.
  ///
  /// @throws InvalidValueException if it contains NUL or half a surrogate pair
  public static void requireValidCharacters(String name, String text) {
    var fault = TextRules.whyInvalid(text);
    if (fault != null) {
      throw new InvalidValueException(
          name, "expected whole Unicode characters other than NUL, got " + fault);
    }
  }

  /// Decodes UTF-8.
  ///
  /// @throws InvalidValueException if it is malformed
  public static String decoded(String name, byte[] utf8) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException _) {
      throw new InvalidValueException(name, "expected text in UTF-8, got another encoding");
    }
  }

  /// A name from a request, escaped and shortened for use in a message.
  public static String quoted(String name) {
    return TextRules.truncated(TextRules.escaped(name), USUAL);
  }
}
