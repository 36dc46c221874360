package io.stoker.server.cli;

import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags of `prompts ledger`: which lines are meant, and what becomes of them.
final class LedgerOptions {

  @Option(
      names = "--by",
      paramLabel = "WHAT",
      description =
          "What sums are of: day, hour, tenant, provider, model or conversation"
              + " (${DEFAULT-VALUE}).",
      defaultValue = "day")
  private String by = "day";

  @Option(names = "--from", paramLabel = "TIME", description = "The first day or moment (UTC).")
  private @Nullable String from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "The first day or moment behind the last (UTC).")
  private @Nullable String until;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Only what belongs to it.")
  private @Nullable String tenant;

  @Option(names = "--provider", paramLabel = "NAME", description = "Only its models.")
  private @Nullable String provider;

  @Option(names = "--conversation", paramLabel = "ID", description = "Only this one.")
  private @Nullable String conversation;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many sums at the most (${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int limit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write all lines to this file, as CSV; - for standard output.")
  private @Nullable String csv;

  String by() {
    return by;
  }

  @Nullable String csv() {
    return csv;
  }

  /// The query for sums.
  String sums() {
    return query("by=" + ServerClient.encoded(by) + "&limit=" + limit);
  }

  /// The query for all lines.
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
