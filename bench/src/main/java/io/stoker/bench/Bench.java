package io.stoker.bench;

import io.stoker.bench.warmbench.WarmBench;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The command line of the benchmarks. Results go to standard output as Markdown, progress to
/// standard error.
public final class Bench {

  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String SESSIONS = "sessions";
  private static final String FOLLOW = "follow";
  private static final String ANSWERS = "answers";
  private static final String PROMPTS = "prompts";
  private static final String WARMBENCH = "warmbench";

  private static final String HELP =
      """
      Usage: ./stoker bench [sessions|follow|answers|prompts|warmbench] [--rows N] [--rounds N]
                            [--conversations N] [--seconds N] [--seeds N]
                            [--new-tokens N] [--trace FILE] [--chart FILE.svg]

      Measures, with servers of its own, and prints a page of Markdown. Without a name, runs all.

        sessions     copying login sessions from Postgres to Redis: Stoker, psql | awk | redis-cli,
                     a JDBC import; a small warm in a running JVM; a live GET meanwhile
        follow       how long a session is served after it was deleted in Postgres, while 1,000 rows
                     a second change there
        answers      submitting, claiming and settling on SQLite and on Postgres, beside BullMQ on
                     Redis where Node is installed; asking for cached answers; watching a batch
        prompts      setting timers beside Netty's and the JDK's; keeping conversations warm with
                     the simulator; beginning again after a restart; changes seen by sockets
        warmbench    what every known rule for warming prompts costs, Stoker's own among them, on
                     made-up traffic or on a trace

        --rows N           sessions to copy, at least 20000 (default 1000000)
        --rounds N         how often each contender runs, in turn (default 3)
        --conversations N  conversations to keep warm, at least 1000 (default 1000000)
        --seconds N        how long to keep them warm, or to follow, 5 to 280 (default 60)
        --seeds N          how many times traffic is made up for warmbench (default 5)
        --new-tokens N     how many tokens a turn adds there (default 6000, then 20000)
        --trace FILE       traffic of your own in place of it; docs/how-to/cost-on-my-traffic.md
        --chart FILE.svg   where to draw what warmbench found
        -h, --help         this text

      Speed never fails the command. Exit codes: 0 measured, 1 could not measure, 2 usage.
      """;

  private Bench() {}

  /// Runs the benchmarks in the arguments, and ends the JVM.
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // the same number format everywhere
    System.setProperty("logback.configurationFile", "logback-bench.xml");
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> arguments) {
    if (arguments.contains("-h") || arguments.contains("--help")) {
      System.out.print(HELP);
      return 0;
    }
    Arguments parsed;
    try {
      parsed = parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      return USAGE;
    }
    try {
      if (parsed.names.contains(SESSIONS)) {
        System.out.println(SessionsBench.run(parsed.options));
      }
      if (parsed.names.contains(FOLLOW)) {
        System.out.println(FollowBench.run(parsed.prompts.seconds()));
      }
      if (parsed.names.contains(ANSWERS)) {
        System.out.println(AnswersBench.run(parsed.options.rounds()));
      }
      if (parsed.names.contains(PROMPTS)) {
        System.out.println(PromptsBench.run(parsed.prompts));
      }
      if (parsed.names.contains(WARMBENCH)) {
        var warmbench = parsed.warmbench;
        System.out.println(WarmBench.run(warmbench, Machine.here().lines(warmbench.command())));
      }
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return USAGE;
    } catch (IllegalStateException e) {
      System.err.println("Could not measure: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  /// The parsed command line.
  private record Arguments(
      Set<String> names,
      SessionsBench.Options options,
      PromptsBench.Options prompts,
      WarmBench.Options warmbench) {}

  private static Arguments parse(List<String> arguments) {
    var options = SessionsBench.Options.STANDARD;
    var prompts = PromptsBench.Options.STANDARD;
    var warmbench = WarmBench.Options.STANDARD;
    var names = new LinkedHashSet<String>();
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      var argument = rest.next();
      switch (argument) {
        case "--rows" -> options = options.withRows(number(argument, rest));
        case "--rounds" -> {
          int rounds = number(argument, rest);
          options = options.withRounds(rounds);
          prompts = prompts.withRounds(rounds);
        }
        case "--conversations" -> prompts = prompts.withConversations(number(argument, rest));
        case "--seconds" -> prompts = prompts.withSeconds(number(argument, rest));
        case "--seeds" -> warmbench = warmbench.withSeeds(number(argument, rest));
        case "--new-tokens" -> warmbench = warmbench.withNewTokens(number(argument, rest));
        case "--trace" -> warmbench = warmbench.withTrace(file(argument, rest));
        case "--chart" -> warmbench = warmbench.withChart(file(argument, rest));
        case SESSIONS, FOLLOW, ANSWERS, PROMPTS, WARMBENCH -> {
          if (!names.add(argument)) {
            throw new IllegalArgumentException("expected " + argument + " once, got it twice");
          }
        }
        default -> throw new IllegalArgumentException("unknown argument " + argument);
      }
    }
    return new Arguments(
        names.isEmpty() ? Set.of(SESSIONS, FOLLOW, ANSWERS, PROMPTS, WARMBENCH) : names,
        options,
        prompts,
        warmbench);
  }

  private static Path file(String flag, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("expected a file after " + flag + ", got none");
    }
    return Path.of(rest.next());
  }

  private static int number(String flag, Iterator<String> rest) {
    var value = rest.hasNext() ? rest.next() : "";
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected a number after " + flag + ", got " + (value.isEmpty() ? "none" : value), e);
    }
  }
}
