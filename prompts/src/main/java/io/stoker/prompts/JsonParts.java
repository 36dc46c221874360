package io.stoker.prompts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// JSON taken apart, one level at a time. An object or a list within comes out to the letter as it
/// was written; a text, a number or a truth value as what it says.
final class JsonParts {

  private static final JsonFactory STRICT = new JsonFactory();

  /// For what was written by ourselves: of any length, and one level deeper than what was checked.
  private static final JsonFactory OURS =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNestingDepth(2 * StreamReadConstraints.DEFAULT_MAX_DEPTH)
                  .build())
          .build();

  private JsonParts() {}

  /// Whether a text is an object or a list, with nothing around it.
  static boolean isWhole(String text) {
    try (var parser = STRICT.createParser(ObjectReadContext.empty(), text)) {
      var first = parser.nextToken();
      if (first == null || !first.isStructStart()) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null && text.strip().length() == text.length();
    } catch (JacksonException _) {
      return false;
    }
  }

  /// The members of an object that are not null.
  static Map<String, String> members(String object) {
    var members = new LinkedHashMap<String, String>();
    try (var parser = OURS.createParser(ObjectReadContext.empty(), object)) {
      begin(parser, JsonToken.START_OBJECT, object);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_NULL) {
          members.put(name, value(parser, object));
        }
      }
    }
    return members;
  }

  /// The items of a list.
  static List<String> items(String list) {
    var items = new ArrayList<String>();
    try (var parser = OURS.createParser(ObjectReadContext.empty(), list)) {
      begin(parser, JsonToken.START_ARRAY, list);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(parser, list));
      }
    }
    return items;
  }

  private static void begin(JsonParser parser, JsonToken wanted, String text) {
    if (parser.nextToken() != wanted) {
      throw new IllegalStateException("wanted " + wanted + ", but came: " + text);
    }
  }

  private static String value(JsonParser parser, String text) {
    if (!parser.currentToken().isStructStart()) {
      return parser.getString();
    }
    int from = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    parser.skipChildren();
    int to = Math.toIntExact(parser.currentLocation().getCharOffset());
    return text.substring(from, to);
  }
}
