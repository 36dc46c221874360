package io.stoker.server.cli;

import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags of `prompts ledger`: filters, grouping and output file.
final class LedgerOptions {

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      description =
          "Group sums by day, hour, tenant, provider, model or conversation (${DEFAULT-VALUE}).",
      defaultValue = "day")
  private String by = "day";

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "The first day or time (UTC), inclusive.")
  private @Nullable String from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "The end of the range as a day or time (UTC), exclusive.")
  private @Nullable String until;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Only this tenant.")
  private @Nullable String tenant;

  @Option(names = "--provider", paramLabel = "NAME", description = "Only this provider's models.")
  private @Nullable String provider;

  @Option(names = "--conversation", paramLabel = "ID", description = "Only this conversation.")
  private @Nullable String conversation;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Maximum number of groups (${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int limit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Export all entries to this file as CSV; - for standard output.")
  private @Nullable String csv;

  String by() {
    return by;
  }

  @Nullable String csv() {
    return csv;
  }

  /// The query string for sums.
  String sums() {
    return query("by=" + ServerClient.encoded(by) + "&limit=" + limit);
  }

  /// The query string for the export.
  String entries() {
    return query("format=csv");
  }

  private String query(String first) {
    var filters = new LinkedHashMap<String, @Nullable String>();
    filters.put("from", from);
    filters.put("until", until);
    filters.put("tenant", tenant);
    filters.put("provider", provider);
    filters.put("conversation", conversation);
    return first
        + filters.entrySet().stream()
            .filter(filter -> filter.getValue() != null)
            .map(filter ->
                "&"
                    + filter.getKey()
                    + "="
                    + ServerClient.encoded(String.valueOf(filter.getValue())))
            .collect(Collectors.joining());
  }
}
