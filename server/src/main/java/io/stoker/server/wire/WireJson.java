package io.stoker.server.wire;

import io.stoker.TextRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.StdSerializer;

/// Reads and writes the JSON of the HTTP API: members in `snake_case`, and strict parsing.
public final class WireJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .addModule(
              new SimpleModule()
                  .addDeserializer(String.class, new TextReader())
                  .addDeserializer(Duration.class, new DurationReader())
                  .addSerializer(Duration.class, new DurationWriter()))
          .build();

  private WireJson() {}

  /// Writes JSON on one line. Half a surrogate pair, which old rows may contain, becomes U+FFFD.
  public static String write(Object value) {
    return TextRules.sanitized(MAPPER.writeValueAsString(value));
  }

  /// Reads an object of `type`.
  ///
  /// @throws InvalidValueException naming the invalid member
  public static <T> T read(byte[] json, Class<T> type) {
    return reading(() -> MAPPER.readerFor(type).readValue(json));
  }

  /// Reads any JSON as a tree.
  public static JsonNode tree(String json) {
    return MAPPER.readTree(json);
  }

  /// A copy of `present` with the members in `json` replaced.
  ///
  /// @throws InvalidValueException naming the invalid member
  public static <T> T merge(T present, byte[] json, Class<T> type) {
    return reading(() -> {
      var changes = MAPPER.readerFor(ObjectNode.class).<@Nullable ObjectNode>readValue(json);
      if (changes == null) {
        return null;
      }
      ObjectNode all = MAPPER.valueToTree(present);
      changes.forEachEntry(all::set);
      return MAPPER.treeToValue(all, type);
    });
  }

  /// A description of a type for messages, such as "a whole number".
  public static String typeName(Class<?> type) {
    if (type == Duration.class) {
      return "a duration such as 24h, 5m, 90s or 1h30m";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    }
    if (type == Double.class) {
      return "a number";
    }
    if (type == AnswerWire.NewQuestion.class) {
      return "text or an object with a question and its aliases";
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    if (type == String.class) {
      return "text";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "an array";
    }
    return Number.class.isAssignableFrom(type) ? "a whole number" : "a JSON object";
  }

  private static <T> T reading(Supplier<@Nullable T> read) {
    try {
      T value = read.get();
      if (value == null) {
        throw new InvalidValueException("body", "expected a JSON object, got null");
      }
      return RequiredMembers.check(value);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidValueException(
          TextLimits.quoted(e.getPropertyName()), "unknown; expected one of " + known(e));
    } catch (MismatchedInputException e) {
      throw new InvalidValueException(
          member(e), "expected " + typeName(e.getTargetType()) + ", got " + came(e));
    } catch (JacksonException e) {
      if (e.getCause() instanceof InvalidValueException bad) {
        throw bad;
      }
      throw new InvalidValueException(
          "body", "expected a JSON object, got text that is not JSON: " + why(e));
    }
  }

  /// The parser's message, with the location in a shorter form.
  private static String why(JacksonException e) {
    var message = String.valueOf(e.getOriginalMessage());
    int marker = message.indexOf("(start marker");
    message = marker < 0 ? message : message.substring(0, marker).stripTrailing();
    var place = e.getLocation();
    return place == null
        ? message
        : message + " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
  }

  private static String known(UnrecognizedPropertyException e) {
    return e.getKnownPropertyIds().stream()
        .map(String::valueOf)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String member(MismatchedInputException e) {
    var path = e.getPath().stream().map(WireJson::step).collect(Collectors.joining("."));
    return path.isEmpty() ? "body" : path;
  }

  private static String step(JacksonException.Reference step) {
    var name = step.getPropertyName();
    return name == null ? Integer.toString(step.getIndex()) : name;
  }

  private static String came(MismatchedInputException e) {
    if (e instanceof InvalidFormatException invalid) {
      return "\"" + TextLimits.quoted(String.valueOf(invalid.getValue())) + "\"";
    }
    return switch (e.getCurrentToken()) {
      case null -> "nothing";
      case START_OBJECT, END_OBJECT, PROPERTY_NAME -> "an object";
      case START_ARRAY, END_ARRAY -> "an array";
      case VALUE_STRING -> "text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "something else";
    };
  }

  /// Reads strings only, within [TextLimits]. Jackson's own deserializer also accepts numbers, and
  /// reports a wrong path for an array in place of a string.
  private static final class TextReader extends StdDeserializer<String> {

    TextReader() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw MismatchedInputException.from(parser, String.class, "no text");
      }
      return TextLimits.checked(name(parser), parser.getString());
    }

    /// The name of the member, or of the array that contains the string.
    private static String name(JsonParser parser) {
      var place = parser.streamReadContext();
      while (place != null && place.currentName() == null) {
        place = place.getParent();
      }
      return place == null ? "body" : place.currentName();
    }
  }

  /// Reads the formats of [DurationFormat].
  private static final class DurationReader extends StdDeserializer<Duration> {

    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw MismatchedInputException.from(parser, Duration.class, "no text");
      }
      try {
        return DurationFormat.parse(parser.getString());
      } catch (IllegalArgumentException _) {
        throw InvalidFormatException.from(
            parser, "no duration", parser.getString(), Duration.class);
      }
    }
  }

  /// Writes the format of [DurationFormat].
  private static final class DurationWriter extends StdSerializer<Duration> {

    DurationWriter() {
      super(Duration.class);
    }

    @Override
    public void serialize(Duration value, JsonGenerator json, SerializationContext context) {
      json.writeString(DurationFormat.format(value));
    }
  }
}
