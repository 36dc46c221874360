package io.stoker.bench.warmbench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.prompts.policy.StopReason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Reads traffic from a CSV file with the header `at,tenant,conversation,kind,stop,prompt,added`.
///
/// `at` is an ISO instant or milliseconds since 1970; `kind` is `request` or `close`, and the rest
/// of a close is empty. Lines may be in any order. Fields are not quoted, and contain no commas.
final class Trace {

  private static final String HEADER = "at,tenant,conversation,kind,stop,prompt,added";
  private static final int FIELDS = 7;
  private static final long MOST_TOKENS = 1_000_000_000;

  private final Map<String, String> tenants = new HashMap<>();
  private final List<TrafficEvent> steps = new ArrayList<>();

  private Trace() {}

  /// Reads the events, sorted by time.
  ///
  /// @throws IllegalArgumentException if the file cannot be read or a line is invalid; the message
  ///   contains the line number, the expected and the actual value
  static List<TrafficEvent> read(Path file) {
    try {
      return read(Files.readAllLines(file, UTF_8));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "expected a trace in UTF-8, got another encoding in " + file, e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "expected a trace, got a file that cannot be read: " + e, e);
    }
  }

  static List<TrafficEvent> read(List<String> lines) {
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw refused(1, HEADER, lines.isEmpty() ? "nothing" : lines.getFirst());
    }
    var trace = new Trace();
    for (int i = 1; i < lines.size(); i++) {
      trace.add(i + 1, lines.get(i));
    }
    if (trace.steps.isEmpty()) {
      throw refused(2, "a request or a close", "nothing");
    }
    trace.steps.sort(Comparator.comparingLong(TrafficEvent::atMillis));
    return List.copyOf(trace.steps);
  }

  private void add(int number, String line) {
    if (line.indexOf('"') >= 0) {
      throw refused(number, "fields without quotes", line);
    }
    var fields = line.split(",", -1);
    if (fields.length != FIELDS) {
      throw refused(number, FIELDS + " fields, " + HEADER, line);
    }
    long at = at(number, fields[0]);
    var tenant = name(number, "tenant", fields[1]);
    var conversation = name(number, "conversation", fields[2]);
    var other = tenants.putIfAbsent(conversation, tenant);
    if (other != null && !other.equals(tenant)) {
      throw refused(number, "conversation " + conversation + " of tenant " + other, tenant);
    }
    steps.add(
        switch (fields[3]) {
          case "request" -> request(number, at, tenant, conversation, fields);
          case "close" -> close(number, at, tenant, conversation, fields);
          default -> throw refused(number, "request or close", fields[3]);
        });
  }

  private static TrafficEvent request(
      int number, long at, String tenant, String conversation, String[] fields) {
    long prompt = tokens(number, "prompt", fields[5]);
    long added = tokens(number, "added", fields[6]);
    if (added > prompt) {
      throw refused(number, "no more tokens added than the prompt's " + prompt, fields[6]);
    }
    return new TrafficEvent(at, tenant, conversation, stop(number, fields[4]), prompt, added);
  }

  private static TrafficEvent close(
      int number, long at, String tenant, String conversation, String[] fields) {
    var rest = fields[4] + fields[5] + fields[6];
    if (!rest.isEmpty()) {
      throw refused(number, "nothing after close", rest);
    }
    return new TrafficEvent(at, tenant, conversation, null, 0, 0);
  }

  private static long at(int number, String text) {
    try {
      return text.matches("[0-9]{1,15}")
          ? Long.parseLong(text)
          : Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | ArithmeticException _) {
      throw refused(
          number, "an instant such as 2026-03-01T09:30:00Z, or milliseconds since 1970", text);
    }
  }

  private static String name(int number, String what, String text) {
    if (text.isBlank()) {
      throw refused(number, "a " + what, "nothing");
    }
    return text;
  }

  private static StopReason stop(int number, String text) {
    for (var stop : StopReason.values()) {
      if (word(stop).equals(text)) {
        return stop;
      }
    }
    throw refused(
        number,
        "one of "
            + Arrays.stream(StopReason.values()).map(Trace::word).collect(Collectors.joining(", ")),
        text);
  }

  private static String word(StopReason stop) {
    return stop.name().toLowerCase(Locale.ROOT);
  }

  private static long tokens(int number, String what, String text) {
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > MOST_TOKENS) {
      throw refused(number, "tokens, 0 to " + MOST_TOKENS + ", as " + what, text);
    }
    return Long.parseLong(text);
  }

  private static IllegalArgumentException refused(int number, String expected, String got) {
    return new IllegalArgumentException(
        "line %d of the trace: expected %s, got %s"
            .formatted(number, expected, got.isEmpty() ? "nothing" : got));
  }
}
