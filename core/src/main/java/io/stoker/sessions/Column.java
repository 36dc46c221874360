package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A column of a mapping and the way it becomes JSON.
///
/// @param name its name in the mapping
/// @param type Postgres' own name of its type
record Column(String name, String type) {

  /// Microseconds from 1970, which Java counts from, to 2000, which Postgres counts from.
  private static final long POSTGRES_EPOCH = 946_684_800_000_000L;

  /// The expression that selects it: as it is if its binary form is understood here, else as text.
  String selected() {
    var quoted = '"' + name.replace("\"", "\"\"") + '"';
    return switch (type) {
      case "text", "varchar", "bpchar", "name", "uuid", "timestamptz", "json", "jsonb" -> quoted;
      case "int2", "int4", "int8", "bool" -> quoted;
      case "inet" -> "abbrev(" + quoted + ")"; // a cast would add the mask to every address
      default -> quoted + "::text";
    };
  }

  /// Writes the column's value, which stands at `index` in the row.
  void write(CopyRow row, int index, JsonBuffer json) throws Unreadable {
    if (row.isNull(index)) {
      json.nothing();
      return;
    }
    var bytes = row.bytes();
    int offset = row.offset(index);
    int length = row.length(index);
    switch (type) {
      case "uuid" -> json.uuid(bytes, offset);
      case "timestamptz" -> timestamp(row.integer(index), json);
      case "int2", "int4", "int8" -> json.integer(row.integer(index));
      case "bool" -> json.bool(row.bool(index));
      case "json" -> json.json(bytes, offset, length);
      case "jsonb" -> json.json(bytes, offset + 1, length - 1); // the first byte is a version
      case "numeric", "float4", "float8" -> number(bytes, offset, length, json);
      default -> json.string(bytes, offset, length);
    }
  }

  /// Microseconds since 1970 of a `timestamptz` in its binary form.
  static long micros(long postgres) {
    return postgres + POSTGRES_EPOCH;
  }

  /// A `timestamptz` in its binary form as Java has it.
  static Instant instant(long postgres) {
    return Instant.EPOCH.plus(micros(postgres), ChronoUnit.MICROS);
  }

  static boolean isInfinite(long postgres) {
    return postgres == Long.MAX_VALUE || postgres == Long.MIN_VALUE;
  }

  private static void timestamp(long postgres, JsonBuffer json) throws Unreadable {
    if (isInfinite(postgres)) {
      var word = (postgres > 0 ? "infinity" : "-infinity").getBytes(UTF_8);
      json.string(word, 0, word.length);
    } else {
      json.instant(micros(postgres));
    }
  }

  /// JSON has no NaN and no infinity; they become strings.
  private static void number(byte[] bytes, int offset, int length, JsonBuffer json)
      throws Unreadable {
    byte last = bytes[offset + length - 1];
    if (last >= '0' && last <= '9') {
      json.raw(bytes, offset, length);
    } else {
      json.string(bytes, offset, length);
    }
  }
}
