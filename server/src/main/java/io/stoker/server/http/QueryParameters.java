package io.stoker.server.http;

import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.TextLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.function.ServerRequest;

/// The query parameters of a request. Missing ones are null.
final class QueryParameters {

  private static final int MAX_YEAR = 9999;

  private final MultiValueMap<String, String> parameters;

  private QueryParameters(MultiValueMap<String, String> parameters) {
    this.parameters = parameters;
  }

  /// Checks that the query has no other parameters than these.
  ///
  /// @throws InvalidValueException if it has
  static QueryParameters of(ServerRequest request, String... names) {
    var known = new TreeSet<>(Set.of(names));
    for (var name : request.params().keySet()) {
      if (!known.contains(name)) {
        throw new InvalidValueException(
            TextLimits.quoted(name),
            known.isEmpty()
                ? "unknown; expected no parameters"
                : "unknown; expected one of " + String.join(", ", known));
      }
    }
    request
        .params()
        .forEach((name, values) ->
            values.forEach(value -> TextLimits.checked(name, value == null ? "" : value)));
    return new QueryParameters(request.params());
  }

  @Nullable Long number(String name) {
    return value(name, "a whole number", Long::valueOf);
  }

  /// A number from `least` to `most`.
  ///
  /// @throws InvalidValueException if it is out of range
  long number(String name, long least, long most, long ifNone) {
    var number = number(name);
    if (number == null) {
      return ifNone;
    }
    if (number < least || number > most) {
      throw new InvalidValueException(
          name, "expected " + least + " to " + most + ", got " + number);
    }
    return number;
  }

  @Nullable String text(String name) {
    return parameters.getFirst(name);
  }

  /// The value with the given label.
  ///
  /// @throws InvalidValueException with all labels, if there is none
  <T> @Nullable T oneOf(String name, List<T> values, Function<T, String> label) {
    var names = values.stream().map(label).collect(Collectors.joining(", "));
    return value(
        name,
        "one of " + names,
        text ->
            values.stream()
                .filter(value -> label.apply(value).equals(text))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
  }

  @Nullable Duration duration(String name) {
    return value(name, "a duration such as 24h, 5m, 90s or 1h30m", DurationFormat::parse);
  }

  /// A time, or a date for the start of that day in UTC.
  @Nullable Instant moment(String name) {
    return value(
        name,
        "a time such as 2026-11-21T16:00:00Z or a day such as 2026-11-21",
        text -> {
          try {
            var moment =
                text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text);
            if (moment.getYear() < 1 || moment.getYear() > MAX_YEAR) {
              throw new IllegalArgumentException("databases cannot store this year");
            }
            return moment.toInstant();
          } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }

  private <T> @Nullable T value(String name, String expected, Function<String, T> read) {
    var text = parameters.getFirst(name);
    if (text == null) {
      return null;
    }
    try {
      return read.apply(text);
    } catch (IllegalArgumentException _) {
      throw new InvalidValueException(name, "expected " + expected + ", got \"" + text + "\"");
    }
  }
}
