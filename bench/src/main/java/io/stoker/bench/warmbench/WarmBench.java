package io.stoker.bench.warmbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares the rules by which prompt caches can be kept warm.
public final class WarmBench {

  private static final List<Integer> STANDARD_TOKENS = List.of(6_000, 20_000);

  private WarmBench() {}

  /// What to compare on.
  ///
  /// @param seeds how many times made-up traffic is made, with the seeds 1, 2, 3 and so on
  /// @param newTokens how many tokens a turn adds in the mean, one after the other
  /// @param trace a file of traffic in place of what is made up; null for none
  /// @param chart a file to draw into; null for none
  public record Options(
      int seeds, List<Integer> newTokens, @Nullable Path trace, @Nullable Path chart) {

    /// What is compared when nothing is said.
    public static final Options STANDARD = new Options(5, STANDARD_TOKENS, null, null);

    /// Checks that there is something to compare.
    public Options {
      newTokens = List.copyOf(newTokens);
      if (seeds < 1 || seeds > 1_000) {
        throw new IllegalArgumentException("--seeds must be 1 to 1000 but was " + seeds);
      }
      for (int tokens : newTokens) {
        if (tokens < 50 || tokens > 100_000) {
          throw new IllegalArgumentException("--new-tokens must be 50 to 100000 but was " + tokens);
        }
      }
    }

    /// The same with other seeds.
    public Options withSeeds(int more) {
      return new Options(more, newTokens, trace, chart);
    }

    /// The same with turns of one length.
    public Options withNewTokens(int tokens) {
      return new Options(seeds, List.of(tokens), trace, chart);
    }

    /// The same on traffic of one's own.
    public Options withTrace(Path file) {
      return new Options(seeds, newTokens, file, chart);
    }

    /// The same, drawn.
    public Options withChart(Path file) {
      return new Options(seeds, newTokens, trace, file);
    }

    /// What was typed.
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

  /// What came of one kind of traffic.
  ///
  /// @param newTokens how many tokens a turn adds in the mean; 0 in a trace
  record Result(String title, int newTokens, Comparison comparison) {}

  /// Compares, draws if that is wanted, and gives a page of Markdown.
  ///
  /// @param machine lines of a table that say what it ran on
  /// @throws IllegalArgumentException if the trace cannot be understood, or the chart has no folder
  public static String run(Options options, List<String> machine) {
    var chart = options.chart();
    if (chart != null) {
      folder(chart); // rather now than in the end
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

  /// By how much the adaptive rule costs more than none where programs use tools all the time, as a
  /// share of all that is spent.
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
          "--chart wants a file in a folder that exists but got " + chart);
    }
    return folder;
  }

  /// All of it, or nothing.
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
