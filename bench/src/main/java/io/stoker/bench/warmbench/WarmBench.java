package io.stoker.bench.warmbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares rules for keeping prompt caches warm.
public final class WarmBench {

  private static final List<Integer> STANDARD_TOKENS = List.of(6_000, 20_000);

  private WarmBench() {}

  /// The options.
  ///
  /// @param seeds the number of synthetic runs, with the seeds 1, 2, 3 and so on
  /// @param newTokens the mean numbers of tokens that a turn adds, one comparison each
  /// @param trace a file of traffic instead of synthetic traffic; null for none
  /// @param chart the file of the chart; null for none
  public record Options(
      int seeds, List<Integer> newTokens, @Nullable Path trace, @Nullable Path chart) {

    /// The default options.
    public static final Options STANDARD = new Options(5, STANDARD_TOKENS, null, null);

    /// Checks the values.
    public Options {
      newTokens = List.copyOf(newTokens);
      if (seeds < 1 || seeds > 1_000) {
        throw new IllegalArgumentException("expected --seeds from 1 to 1000, got " + seeds);
      }
      for (int tokens : newTokens) {
        if (tokens < 50 || tokens > 100_000) {
          throw new IllegalArgumentException(
              "expected --new-tokens from 50 to 100000, got " + tokens);
        }
      }
    }

    /// The same with other seeds.
    public Options withSeeds(int more) {
      return new Options(more, newTokens, trace, chart);
    }

    /// The same with one number of new tokens.
    public Options withNewTokens(int tokens) {
      return new Options(seeds, List.of(tokens), trace, chart);
    }

    /// The same with a trace.
    public Options withTrace(Path file) {
      return new Options(seeds, newTokens, file, chart);
    }

    /// The same with a chart.
    public Options withChart(Path file) {
      return new Options(seeds, newTokens, trace, file);
    }

    /// The command line of these options.
    public String command() {
      var command = new StringBuilder("./stoker bench warmbench");
      if (trace == null) {
        command.append(" --seeds ").append(seeds);
      } else {
        command.append(" --trace ").append(trace);
      }
      if (trace == null && newTokens.size() == 1) {
        command.append(" --new-tokens ").append(newTokens.getFirst());
      }
      if (chart != null) {
        command.append(" --chart ").append(chart);
      }
      return command.toString();
    }
  }

  /// The result for one kind of traffic.
  ///
  /// @param newTokens the mean number of tokens that a turn adds; 0 for a trace
  record Result(String title, int newTokens, Comparison comparison) {}

  /// Compares the rules, draws the chart if requested, and returns a page of Markdown.
  ///
  /// @param machine table rows that describe the machine
  /// @throws IllegalArgumentException if the trace is invalid, or the chart's folder does not exist
  public static String run(Options options, List<String> machine) {
    var chart = options.chart();
    if (chart != null) {
      folder(chart); // fails now rather than at the end
    }
    var results = new ArrayList<Result>();
    var trace = options.trace();
    if (trace != null) {
      results.add(new Result(trace.toString(), 0, Comparison.of(Trace.read(trace))));
    } else {
      for (int tokens : options.newTokens()) {
        System.err.printf("warmbench: %,d new tokens a turn%n", tokens);
        results.add(
            new Result("%,d new tokens a turn".formatted(tokens), tokens, mixed(options, tokens)));
      }
    }
    if (chart != null) {
      write(chart, new WarmBenchChart(results).toString());
    }
    var page = new WarmBenchPage(machine, results);
    if (trace == null) {
      page.loops(loops(options.seeds()));
    }
    return page.toString();
  }

  private static Comparison mixed(Options options, int tokens) {
    var sum = Comparison.of(Traffic.mixed(1, tokens));
    for (int seed = 2; seed <= options.seeds(); seed++) {
      sum = sum.plus(Comparison.of(Traffic.mixed(seed, tokens)));
    }
    return sum;
  }

  /// How much more the adaptive rule costs than no warming for tool loops, as a share of the total
  /// costs.
  static double loops(int seeds) {
    var never = Costs.EMPTY;
    var adaptive = Costs.EMPTY;
    for (int seed = 1; seed <= seeds; seed++) {
      var steps = Traffic.loops(seed, STANDARD_TOKENS.getFirst());
      never = never.plus(Replay.sum(Rules.never(), steps));
      adaptive = adaptive.plus(Replay.sum(Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH), steps));
    }
    return adaptive.total() / never.total() - 1;
  }

  private static Path folder(Path chart) {
    var folder = chart.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "expected --chart with a file in an existing folder, got " + chart);
    }
    return folder;
  }

  /// Writes the chart atomically.
  private static void write(Path chart, String text) {
    try {
      var part = Files.createTempFile(folder(chart), "chart", ".part");
      try {
        Files.writeString(part, text);
        Files.move(part, chart, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the chart " + chart + " cannot be written: " + e, e);
    }
  }
}
