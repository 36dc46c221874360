package io.stoker.examples.demo;

import io.stoker.WarmOutcome;
import io.stoker.examples.Servers;
import io.stoker.sessions.Session;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionReport;
import io.stoker.testing.SeededSessions;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// The output of the demo. Thread-safe.
final class Printout {

  private final boolean terminal;
  private volatile PrintStream out;
  private volatile PrintStream err;

  /// @param terminal whether `out` is one, so that a bar may move
  Printout(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /// Suppresses all further output and logging, which would only report that the servers are gone
  /// while the JVM ends.
  void mute() {
    out = new PrintStream(OutputStream.nullOutputStream());
    err = out;
    System.setErr(out);
  }

  void title() {
    line("Stoker demo, on " + machine());
    line("");
  }

  void started(Duration took) {
    fact("servers started", seconds(took), "a Postgres and a Redis of its own");
  }

  void seeded(SeededSessions made, Duration took) {
    fact(
        "seeded",
        seconds(took),
        count(made.users()) + " users, " + count(made.sessions()) + " sessions");
    fact("eligible", count(made.eligible()), "not expired, idle, banned or deleted");
  }

  void measuringCold() {
    line("");
    line("Looking sessions up while Redis is cold, to compare with later ...");
  }

  void warming() {
    line("");
    line("Warming Redis, which is emptied again");
  }

  SessionEvents progress(long total) {
    return new WarmProgress(this::text, terminal, total);
  }

  void warmed(SessionReport report) {
    var counts = report.counts();
    long perSecond = (long) (counts.warmed() / (report.took().toNanos() / 1e9));
    fact(
        "warmed",
        count(counts.warmed()),
        "in "
            + seconds(report.took())
            + ", "
            + count(perSecond)
            + " a second; "
            + count(counts.totalFailed())
            + " failed");
    var first = report.firstAfter();
    fact("first one warm", first == null ? "never" : millis(first), "after the start");
    fact(
        "verified",
        percent(report.verifiedShare().orElse(0)),
        count(report.found())
            + " of "
            + count(report.sampled())
            + " sampled are found by the reader");
  }

  void lookups(Lookups cold, Lookups warmed) {
    line("");
    line("The same " + count(cold.sorted().size()) + " look-ups by token, one after another");
    row("", "cold Redis", "warmed");
    row("hit rate", percent(cold.hitRate()), percent(warmed.hitRate()));
    row("asked of Postgres", count(cold.counts().misses()), count(warmed.counts().misses()));
    row("p50", millis(cold.quantile(0.5)), millis(warmed.quantile(0.5)));
    row("p99", millis(cold.quantile(0.99)), millis(warmed.quantile(0.99)));
    row("wrong answers", count(cold.wrong()), count(warmed.wrong()));
  }

  void signingOut() {
    line("");
    line("One session is signed out while Postgres still has it");
  }

  void found(String when, Optional<Session> session) {
    fact("find", session.isPresent() ? "found" : "nothing", when);
  }

  void lateWrite(WarmOutcome outcome) {
    var answer =
        switch (outcome) {
          case WarmOutcome.Warmed _ -> "written";
          case WarmOutcome.Skipped _ -> "refused";
          case WarmOutcome.Failed _ -> "failed";
        };
    fact("late write", answer, "what a warm run had read before");
  }

  void verdict(boolean reached, Duration took) {
    line("");
    line(
        (reached ? "Target reached:" : "Target NOT reached:")
            + " verified share and hit rate of at least 90 %, no wrong answer. Took "
            + seconds(took)
            + ".");
  }

  void serversKept(Servers servers) {
    line("");
    line(
        "Both servers run until Ctrl-C; what was warmed lives for 4 to 5 minutes. Elsewhere, try:");
    line("  export DATABASE_URL=" + servers.databaseUrl());
    line("  export REDIS_URL=" + servers.redisUrl());
    line("  ./stoker sessions estimate");
    line("  ./stoker sessions warm --count 5000");
    line("  ./stoker sessions stats");
  }

  void failed(Exception e) {
    err.println("The demo failed: " + e);
    for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
      err.println("  caused by: " + cause);
    }
  }

  private void fact(String name, String value, String explanation) {
    line(String.format("  %-18s %10s   %s", name, value, explanation));
  }

  private void row(String name, String cold, String warmed) {
    line(String.format("  %-18s %10s %12s", name, cold, warmed));
  }

  private void line(String text) {
    text(text.stripTrailing() + System.lineSeparator());
  }

  private void text(String text) {
    out.print(text);
    out.flush();
  }

  private static String machine() {
    return Runtime.getRuntime().availableProcessors()
        + " cores, "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ", Java "
        + Runtime.version().feature();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.2f ms", duration.toNanos() / 1e6);
  }

  /// Rounded down, so that 100 % means all of them.
  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", Math.floor(share * 1000) / 10);
  }
}
