package io.stoker.server.http;

import io.stoker.server.wire.LedgerWire;
import io.stoker.server.wire.WireJson;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// A file format for entries of the ledger, written entry by entry.
enum LedgerFormat {

  /// A JSON object with the member `entries`, one entry per line.
  JSON("application/json", "ledger.json") {
    @Override
    String head() {
      return "{\"entries\":[";
    }

    @Override
    String line(LedgerWire.Entry entry, boolean isFirst) {
      return (isFirst ? "\n" : ",\n") + WireJson.write(entry);
    }

    @Override
    String tail() {
      return "\n]}\n";
    }
  },

  /// CSV as in RFC 4180, with a header. Text that a spreadsheet would interpret as a formula is
  /// prefixed with an apostrophe.
  CSV("text/csv; charset=utf-8; header=present", "ledger.csv") {
    @Override
    String head() {
      return String.join(",", COLUMNS) + "\r\n";
    }

    @Override
    String line(LedgerWire.Entry entry, boolean isFirst) {
      var members = WireJson.tree(WireJson.write(entry));
      return COLUMNS.stream()
          .map(column -> cell(members.path(column)))
          .collect(Collectors.joining(",", "", "\r\n"));
    }

    @Override
    String tail() {
      return "";
    }
  };

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  /// The names of the members in JSON.
  private static final List<String> COLUMNS =
      Arrays.stream(LedgerWire.Entry.class.getRecordComponents())
          .map(member ->
              CAPITAL.matcher(member.getName()).replaceAll("_$0").toLowerCase(Locale.ROOT))
          .toList();

  private static final Pattern FORMULA = Pattern.compile("[=+\\-@\t\r].*", Pattern.DOTALL);
  private static final Pattern SPECIAL = Pattern.compile("[\",\r\n]");

  private final String type;
  private final String file;

  LedgerFormat(String type, String file) {
    this.type = type;
    this.file = file;
  }

  /// The media type.
  String type() {
    return type;
  }

  /// The file name.
  String file() {
    return file;
  }

  /// The text before the entries.
  abstract String head();

  abstract String line(LedgerWire.Entry entry, boolean isFirst);

  /// The text after the entries.
  abstract String tail();

  private static String cell(JsonNode value) {
    var text = value.isNull() ? "" : value.asString();
    var safe = value.isString() && FORMULA.matcher(text).matches() ? "'" + text : text;
    return SPECIAL.matcher(safe).find() ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
