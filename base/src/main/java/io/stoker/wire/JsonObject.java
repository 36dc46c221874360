package io.stoker.wire;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.TextRules;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A JSON object that came from outside. A member that is missing or null gives what the caller
/// falls back to; one of another type than wanted is a [CallException] with `BAD_ANSWER`.
/// Immutable.
public final class JsonObject {

  private static final JsonFactory JSON = new JsonFactory();
  private static final int EXCERPT = 80;

  private final Map<?, ?> members;

  private JsonObject(Map<?, ?> members) {
    this.members = members;
  }

  /// Reads an object.
  ///
  /// @throws CallException with `BAD_ANSWER` if the text is something else
  public static JsonObject parse(String text) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      if (value(parser) instanceof Map<?, ?> members && parser.nextToken() == null) {
        return new JsonObject(members);
      }
      throw bad("a JSON object", excerpt(text), null);
    } catch (JacksonException e) {
      throw bad("a JSON object", excerpt(text), e);
    }
  }

  /// Writes an object of texts, numbers, truth values, lists and maps.
  public static String of(Map<String, ?> members) {
    var text = new StringWriter();
    try (var generator = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      write(generator, members);
    }
    return text.toString();
  }

  /// All members by their names, in their order; what [#of(Map)] takes. Not to be changed.
  public Map<String, ?> members() {
    var named = new LinkedHashMap<String, @Nullable Object>();
    members.forEach((name, value) -> named.put(String.valueOf(name), value));
    return named;
  }

  /// Whether a member is there and not null.
  public boolean has(String name) {
    return members.get(name) != null;
  }

  /// A member that is a text; a number is taken as it is written.
  public String text(String name, String otherwise) {
    return switch (members.get(name)) {
      case null -> otherwise;
      case String text -> text;
      case Number number -> number.toString();
      case Object other -> throw bad("a text in \"" + name + '"', excerpt(other), null);
    };
  }

  /// A member that is a number.
  public double number(String name, double otherwise) {
    return switch (members.get(name)) {
      case null -> otherwise;
      case Number number -> number.doubleValue();
      case Object other -> throw bad("a number in \"" + name + '"', excerpt(other), null);
    };
  }

  /// A member that is true or false.
  public boolean truth(String name, boolean otherwise) {
    return switch (members.get(name)) {
      case null -> otherwise;
      case Boolean truth -> truth;
      case Object other -> throw bad("true or false in \"" + name + '"', excerpt(other), null);
    };
  }

  /// A member that is an object; an empty one if it is missing.
  public JsonObject object(String name) {
    return switch (members.get(name)) {
      case null -> new JsonObject(Map.of());
      case Map<?, ?> map -> new JsonObject(map);
      case Object other -> throw bad("an object in \"" + name + '"', excerpt(other), null);
    };
  }

  /// A member that is a list of objects; an empty one if it is missing.
  public List<JsonObject> objects(String name) {
    var objects = new ArrayList<JsonObject>();
    switch (members.get(name)) {
      case null -> {}
      case List<?> list -> list.forEach(item -> objects.add(object(name, item)));
      case Object other -> throw bad("a list in \"" + name + '"', excerpt(other), null);
    }
    return objects;
  }

  /// A member that is a list of texts; an empty one if it is missing.
  public List<String> texts(String name) {
    var texts = new ArrayList<String>();
    switch (members.get(name)) {
      case null -> {}
      case List<?> list -> list.forEach(item -> texts.add(text(name, item)));
      case Object other -> throw bad("a list in \"" + name + '"', excerpt(other), null);
    }
    return texts;
  }

  private static String text(String name, @Nullable Object item) {
    if (item instanceof String text) {
      return text;
    }
    throw bad("texts in \"" + name + '"', excerpt(item), null);
  }

  private static JsonObject object(String name, @Nullable Object item) {
    if (item instanceof Map<?, ?> map) {
      return new JsonObject(map);
    }
    throw bad("objects in \"" + name + '"', excerpt(item), null);
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          var name = parser.currentName();
          parser.nextToken();
          map.put(name, value(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> null;
    };
  }

  private static void write(JsonGenerator generator, @Nullable Object value) {
    switch (value) {
      case null -> generator.writeNull();
      case Map<?, ?> map -> {
        generator.writeStartObject();
        map.forEach((name, member) -> {
          generator.writeName(String.valueOf(name));
          write(generator, member);
        });
        generator.writeEndObject();
      }
      case List<?> list -> {
        generator.writeStartArray();
        list.forEach(item -> write(generator, item));
        generator.writeEndArray();
      }
      case Boolean truth -> generator.writeBoolean(truth);
      case Integer number -> generator.writeNumber(number);
      case Long number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case Object other -> generator.writeString(other.toString());
    }
  }

  private static CallException bad(String wanted, String came, @Nullable Throwable cause) {
    return new CallException(
        Code.BAD_ANSWER, "wanted " + wanted + ", but came: " + came, null, cause);
  }

  private static String excerpt(@Nullable Object value) {
    var text = String.valueOf(value).strip();
    return TextRules.shortened(text, EXCERPT + 1);
  }
}
