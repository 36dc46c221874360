package io.stoker.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a value of some type looks like, in the words of messages.
final class Wanted {

  private Wanted() {}

  static String of(Class<?> type) {
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
}
