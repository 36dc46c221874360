package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A column of a mapping, and its conversion to JSON.
///
/// @param name its name in the mapping
/// @param type Postgres' name of its type
/// @param anyBytes whether texts may be in any encoding, as in a SQL_ASCII database; they are then
///   selected as bytes, since Postgres would otherwise reject all rows because of one that is not
///   UTF-8
record SourceColumn(String name, String type, boolean anyBytes) {

  /// Microseconds from Java's epoch, 1970, to Postgres', 2000.
  private static final long POSTGRES_EPOCH = 946_684_800_000_000L;

  /// The expression that selects it: as it is if [#write] reads its binary format, otherwise as
  /// text.
  String selected() {
    return switch (type) {
      case "uuid", "timestamptz", "int2", "int4", "int8", "bool" -> quoted();
      case "text", "varchar", "bpchar", "name", "json", "jsonb" ->
          anyBytes ? selectedAsText() : quoted();
      case "inet" -> "abbrev(" + quoted() + ")"; // a cast would add the mask to every address
      default -> selectedAsText();
    };
  }

  /// The expression that selects it as text, whatever its type.
  String selectedAsText() {
    var text = quoted() + "::text";
    return anyBytes ? "convert_to(" + text + ", 'SQL_ASCII')" : text;
  }

  private String quoted() {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /// Writes the column's value.
  void write(CopyRow row, int index, JsonBuffer json) throws UnreadableRowException {
    if (row.isNull(index)) {
      json.nullValue();
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
      case "jsonb" -> {
        int version = anyBytes ? 0 : 1; // the version byte before the text in binary format
        json.json(bytes, offset + version, length - version);
      }
      case "numeric", "float4", "float8" -> number(bytes, offset, length, json);
      default -> json.string(bytes, offset, length);
    }
  }

  /// Microseconds since 1970 of a `timestamptz` in binary format. Postgres' last thirty years, up
  /// to 294276, overflow and become `Long.MAX_VALUE`.
  static long micros(long postgres) {
    return postgres > Long.MAX_VALUE - POSTGRES_EPOCH ? Long.MAX_VALUE : postgres + POSTGRES_EPOCH;
  }

  /// The instant of a `timestamptz` in binary format.
  static Instant instant(long postgres) {
    return Instant.EPOCH.plus(micros(postgres), ChronoUnit.MICROS);
  }

  static boolean isInfinite(long postgres) {
    return postgres == Long.MAX_VALUE || postgres == Long.MIN_VALUE;
  }

  private static void timestamp(long postgres, JsonBuffer json) throws UnreadableRowException {
    if (isInfinite(postgres)) {
      var word = (postgres > 0 ? "infinity" : "-infinity").getBytes(UTF_8);
      json.string(word, 0, word.length);
    } else {
      json.instant(micros(postgres));
    }
  }

  /// JSON has no NaN or infinity; they become strings.
  private static void number(byte[] bytes, int offset, int length, JsonBuffer json)
      throws UnreadableRowException {
    byte last = bytes[offset + length - 1];
    if (last >= '0' && last <= '9') {
      json.raw(bytes, offset, length);
    } else {
      json.string(bytes, offset, length);
    }
  }
}
