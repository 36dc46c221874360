package io.stoker.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.TextRules;
import io.stoker.answers.BatchOptions;
import io.stoker.prompts.Conversation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;

/// How long a text from outside may be, by the name it has in bodies, forms, queries, paths and
/// frames; and that it must be whole, as [TextRules] has it.
public final class TextLimits {

  /// How long a text may be that is not named below, in characters.
  public static final int USUAL = 200;

  /// Beyond it no token of any sort is known.
  private static final int TOKEN = 16_384;

  private static final int LINE = 1000;

  /// What is bounded by the size of its body, by a setting, or by both.
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

  /// How long a text of this name may be, in characters.
  public static int longest(String name) {
    return LONGEST.getOrDefault(name, USUAL);
  }

  /// A text as it came.
  ///
  /// @throws InvalidValueException if it is not whole or too long
  public static String checked(String name, String text) {
    requireWhole(name, text);
    int longest = longest(name);
    if (text.length() > longest) {
      throw new InvalidValueException(
          name, "expected at most " + longest + " characters, got " + text.length());
    }
    return text;
  }

  /// Refuses a text that could not be stored or sent.
  ///
  /// @throws InvalidValueException if it is not whole
  public static void requireWhole(String name, String text) {
    var fault = TextRules.whyInvalid(text);
    if (fault != null) {
      throw new InvalidValueException(
          name, "expected whole Unicode characters other than NUL, got " + fault);
    }
  }

  /// A text in UTF-8.
  ///
  /// @throws InvalidValueException if it is something else
  public static String decoded(String name, byte[] utf8) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException _) {
      throw new InvalidValueException(name, "expected text in UTF-8, got another encoding");
    }
  }

  /// A name as it can be quoted to whoever sent it.
  public static String quoted(String name) {
    return TextRules.truncated(TextRules.escaped(name), USUAL);
  }
}
