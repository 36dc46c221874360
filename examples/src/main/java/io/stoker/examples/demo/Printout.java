package io.stoker.examples.demo;

import io.stoker.Outcome;
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

/// Everything the demo says. Thread-safe.
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

  /// Says nothing more, nor lets the log: once the JVM ends, all there is to tell is that the
  /// servers have gone.
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
    var tally = report.tally();
    long perSecond = (long) (tally.warmed() / (report.took().toNanos() / 1e9));
    fact(
        "warmed",
        count(tally.warmed()),
        "in "
            + seconds(report.took())
            + ", "
            + count(perSecond)
            + " a second; "
            + count(tally.failedInAll())
            + " failed");
    var first = report.firstAfter();
    fact("first one warm", first == null ? "never" : millis(first), "after the start");
    fact(
        "verified",
        percent(report.verifiedShare().orElse(0)),
        count(report.found())
            + " of "
            + count(report.sampled())
            + " sampled are found as a reader finds them");
  }

  void lookups(Lookups cold, Lookups warmed) {
    line("");
    line("The same " + count(cold.sorted().size()) + " look-ups by token, one after another");
    row("", "cold Redis", "warmed");
    row("hit rate", percent(cold.hitRate()), percent(warmed.hitRate()));
    row("left to Postgres", count(cold.counts().misses()), count(warmed.counts().misses()));
    row("p50", millis(cold.quantile(0.5)), millis(warmed.quantile(0.5)));
    row("p99", millis(cold.quantile(0.99)), millis(warmed.quantile(0.99)));
    row("wrong answers", count(cold.wrong()), count(warmed.wrong()));
  }

  void signingOut() {
    line("");
    line("One session is signed out, and Postgres still has it");
  }

  void found(String when, Optional<Session> session) {
    fact("find", session.isPresent() ? "found" : "nothing", when);
  }

  void lateWrite(Outcome outcome) {
    var answer =
        switch (outcome) {
          case Outcome.Warmed _ -> "written";
          case Outcome.Skipped _ -> "refused";
          case Outcome.Failed _ -> "failed";
        };
    fact("late write", answer, "what a warm run had read before");
  }

  void verdict(boolean convincing, Duration took) {
    line("");
    line(
        (convincing ? "As promised:" : "NOT as promised, which is:")
            + " verified share and hit rate of 90 % or more, no wrong answer. Took "
            + seconds(took)
            + ".");
  }

  void kept(Servers servers) {
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
    err.println("The demo broke off: " + e);
    for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
      err.println("  because of: " + cause);
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
