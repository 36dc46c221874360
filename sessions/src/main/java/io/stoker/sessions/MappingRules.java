package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the columns of a mapping must be; no I/O.
///
/// A `timestamp` without a time zone is refused: it names no moment, and Postgres would interpret
/// it in the time zone of the session, which drivers set to that of their process.
final class MappingRules {

  private static final String TIMESTAMPTZ = "timestamptz";

  /// The members that only Stoker writes; the others of its own are required columns.
  private static final List<String> RESERVED = List.of("fence", "revoked");

  private static final Set<String> NUMBERS =
      Set.of("int4", "int8", "serial", "bigserial", "numeric", "float4", "float8");
  private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar");

  private MappingRules() {}

  /// Checks the names and types of the columns.
  ///
  /// @throws StokerException with the line to write in the mapping
  static void check(SessionMapping mapping, List<SourceColumn> columns) {
    for (var required : mapping.requiredColumns()) {
      var type = typeOf(required, columns);
      if (type == null) {
        var names = columns.stream().map(SourceColumn::name).toList();
        throw refused("expected the mapping to yield a column " + required + ", got " + names);
      }
      switch (required) {
        case "expires_at", "last_activity_at" -> requireMoment(required, type);
        case "token_hash" -> requireHash(type);
        default -> {
          // Any type will do.
        }
      }
    }
    if (mapping.layout() == SessionMapping.Layout.TOKENS) {
      requireFreeNames(columns);
    }
  }

  private static @Nullable String typeOf(String name, List<SourceColumn> columns) {
    return columns.stream()
        .filter(column -> column.name().equals(name))
        .map(SourceColumn::type)
        .findFirst()
        .orElse(null);
  }

  private static void requireMoment(String name, String type) {
    if (type.equals(TIMESTAMPTZ)) {
      return;
    }
    var remedy =
        switch (type) {
          case "timestamp" ->
              line("COLUMN AT TIME ZONE 'UTC'", name) + ", with the zone its times are written in";
          case "date" ->
              line("COLUMN::timestamp AT TIME ZONE 'UTC'", name)
                  + ", with the zone its days begin in";
          default ->
              NUMBERS.contains(type)
                  ? line("to_timestamp(COLUMN)", name)
                      + " if it counts seconds, to_timestamp(COLUMN / 1000.0) if milliseconds"
                  : line("COLUMN::timestamptz", name);
        };
    throw refused("expected " + name + " as timestamptz, got " + type + ". " + remedy);
  }

  private static void requireHash(String type) {
    if (type.equals("bytea")) {
      throw refused(
          "expected token_hash as text, got bytea. " + line("encode(COLUMN, 'hex')", "token_hash"));
    }
    if (!TEXTS.contains(type) && !type.contains("citext")) {
      throw refused(
          "expected token_hash as text, got " + type + ". " + line("COLUMN::text", "token_hash"));
    }
  }

  private static String line(String expression, String name) {
    return "Write in the mapping: " + expression + " AS " + name;
  }

  private static void requireFreeNames(List<SourceColumn> columns) {
    for (var name : RESERVED) {
      if (typeOf(name, columns) != null) {
        throw refused(
            "expected no column "
                + name
                + ", which is a member that Stoker writes itself. Give it another name in the"
                + " mapping: "
                + name
                + " AS session_"
                + name);
      }
    }
  }

  private static StokerException refused(String problem) {
    return new StokerException(Code.SOURCE_REFUSED, problem, null);
  }
}
