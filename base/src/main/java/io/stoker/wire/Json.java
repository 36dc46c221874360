package io.stoker.wire;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.TextRules;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes the JSON exchanged with other programs.
///
/// A member that is missing or null reads as an empty text, zero or false unless stated otherwise.
/// A member of another type is a [JacksonException], which [HttpCalls] turns into a [CallException]
/// with `BAD_ANSWER`.
public final class Json {

  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final int EXCERPT = 80;

  private Json() {}

  /// Reads an object.
  ///
  /// @throws CallException with `BAD_ANSWER` if the text is anything else
  public static ObjectNode object(String text) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw noObject(text, null);
    } catch (JacksonException e) {
      throw noObject(text, e);
    }
  }

  /// The items of a list; none if it is missing or null.
  ///
  /// @throws JacksonException if it is anything else
  public static Collection<JsonNode> items(JsonNode list) {
    return list.isMissingNode() || list.isNull() ? List.of() : list.asArray().values();
  }

  /// Writes strings, numbers, booleans, collections, maps and [JsonNode]s.
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  private static CallException noObject(String text, @Nullable Throwable cause) {
    return new CallException(
        Code.BAD_ANSWER,
        "expected a JSON object, got: " + TextRules.truncated(text.strip(), EXCERPT + 1),
        null,
        cause);
  }
}
