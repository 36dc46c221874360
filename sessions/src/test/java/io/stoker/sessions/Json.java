package io.stoker.sessions;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON strictly, so that a test sees what any reader of an entry would see.
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// The members of an object by name: texts as they are, `null` as the word, and of everything
  /// else its tokens in turn.
  static Map<String, String> members(String object) {
    var members = new LinkedHashMap<String, String>();
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), object)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        parser.nextToken();
        if (members.put(name, value(parser)) != null) {
          throw new AssertionError("two members are called " + name);
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new AssertionError("not one object: " + object);
      }
    }
    return members;
  }

  private static String value(JsonParser parser) {
    if (parser.currentToken().isScalarValue()) {
      return parser.getString();
    }
    var tokens = new StringBuilder();
    int depth = 0;
    do {
      depth += parser.currentToken().isStructStart() ? 1 : 0;
      depth -= parser.currentToken().isStructEnd() ? 1 : 0;
      tokens.append(parser.getString()).append(' ');
      if (depth > 0) {
        parser.nextToken();
      }
    } while (depth > 0);
    return tokens + parser.getString();
  }
}
