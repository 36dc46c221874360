package io.stoker.bench;

import static io.stoker.bench.Statistics.median;
import static io.stoker.bench.Statistics.milliseconds;
import static io.stoker.bench.Statistics.printed;
import static io.stoker.bench.Statistics.quantile;
import static io.stoker.bench.Statistics.seconds;
import static io.stoker.bench.Statistics.spread;

import io.stoker.bench.page.MarkdownPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The results of [SessionsBench] as Markdown. Confined to one thread.
final class SessionsPage {

  private static final double SHELL_TARGET = 1.6;
  private static final double IMPORT_TARGET = 3.5;
  private static final double SMALL_TARGET = 60;
  private static final double PROBE_TARGET = 2.5;

  private final SessionsBench.Options options;
  private final SessionsBench.Results results;
  private final MarkdownPage page = new MarkdownPage();

  SessionsPage(
      SessionsBench.Options options,
      Machine machine,
      BenchServers servers,
      SessionsBench.Results results) {
    this.options = options;
    this.results = results;
    setUp(machine, servers);
    copies();
    probes();
    targets();
  }

  @Override
  public String toString() {
    return page.toString();
  }

  private void setUp(Machine machine, BenchServers servers) {
    page.line("## Sessions: %,d rows, %s".formatted(options.rows(), rounds(options.rounds())));
    page.line("");
    page.line("| | |");
    page.line("|---|---|");
    machine
        .lines(
            "./stoker bench sessions --rows %d --rounds %d"
                .formatted(options.rows(), options.rounds()))
        .forEach(page::line);
    page.line(
        "| Postgres | %s; %s; the rest as installed |"
            .formatted(servers.postgresVersion(), BenchServers.POSTGRES_SETTINGS));
    page.line("| Redis | %s, no persistence |".formatted(servers.redisVersion()));
    page.line(
        "| shell tools | %s |"
            .formatted(SessionsBench.SHELL.absent().orElseGet(ShellPipe::versions)));
    page.line(
        "| data | %,d sessions of %,d users, all eligible; JSON of %s bytes on average |"
            .formatted(
                options.rows(),
                BenchServers.users(options.rows()),
                averageBytes(SessionsBench.STOKER)));
    page.line("");
    page.line(
        "All of it runs on this one machine and shares its cores. Each pass starts with an empty Redis, and counts only if");
    page.line(
        "Redis holds every session afterwards. Before the first measured pass: VACUUM ANALYZE, CHECKPOINT, one unmeasured pass.");
    page.line("");
  }

  private void copies() {
    page.line(
        "| copying all | rows/s | seconds | slowest and fastest, s | CPU-s of the copier | its peak memory | JVM start, s |");
    page.line("|---|---:|---:|---:|---:|---:|---:|");
    results
        .passes()
        .forEach((contender, passes) -> {
          var took = each(passes, pass -> seconds(pass.took()));
          page.line(
              "| %s | %,.0f | %.2f | %s | %.1f | %s | %s |"
                  .formatted(
                      contender.name(),
                      options.rows() / median(took),
                      median(took),
                      spread("%.2f", took),
                      median(each(passes, pass -> seconds(pass.processor()))),
                      mebibytes(passes),
                      start(passes)));
        });
    SessionsBench.SHELL
        .absent()
        .ifPresent(
            why -> page.line("| %s | %s | | | | | |".formatted(SessionsBench.SHELL.name(), why)));
    page.line("");
    page.line(
        "Rows/s and seconds are medians over the rounds, from the start of the copying, without that of the JVM, in which");
    page.line("nothing is compiled yet. CPU-s are without those of Postgres and Redis.");
    page.line("");
  }

  private void probes() {
    page.line(
        "| a live GET, %,d per second | p50, ms | p99, ms | p99 of the rounds, ms | max, ms |"
            .formatted(LatencyProbe.PER_SECOND));
    page.line("|---|---:|---:|---:|---:|");
    probe("Redis otherwise idle", results.idle());
    results.probed().forEach((contender, rounds) -> probe("while: " + contender.name(), rounds));
    page.line("");
    page.line(
        "Measured from the moment at which each GET was due. p50, p99: median over the rounds; max: of all.");
    page.line("");
  }

  private void probe(String name, List<List<Duration>> rounds) {
    var tails = tails(rounds);
    page.line(
        "| %s | %.2f | %.2f | %s | %.1f |"
            .formatted(
                name,
                median(each(rounds, round -> milliseconds(quantile(round, 0.5)))),
                median(tails),
                spread("%.2f", tails),
                each(rounds, round -> milliseconds(quantile(round, 1))).stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow()));
  }

  private void targets() {
    page.line("| measured | how | value | target | |");
    page.line("|---|---|---:|---:|---|");
    if (results.passes().containsKey(SessionsBench.SHELL)) {
      ratio(SessionsBench.SHELL, SHELL_TARGET);
    }
    ratio(SessionsBench.IMPORT, IMPORT_TARGET);
    ratio(SessionsBench.IMPORT_1000, 0);
    var small = results.small();
    page.line(
        "| 1,000 sessions in a running JVM | median of %d runs, verification included; p95 %.1f ms | %.1f ms | <= %.0f ms | %s |"
            .formatted(
                small.size(),
                milliseconds(quantile(small, 0.95)),
                milliseconds(quantile(small, 0.5)),
                SMALL_TARGET,
                verdict(milliseconds(quantile(small, 0.5)) <= SMALL_TARGET)));
    double tail = median(tails(Objects.requireNonNull(results.probed().get(SessionsBench.STOKER))));
    page.line(
        "| p99 of a live GET while Stoker warms at full speed | median over the rounds | %.2f ms | <= %.1f ms | %s |"
            .formatted(tail, PROBE_TARGET, verdict(tail <= PROBE_TARGET)));
    page.line("");
    page.line(
        "Stoker ran with %s, the JDBC imports with %s."
            .formatted(String.join(" ", StokerCopy.OPTIONS), String.join(" ", JdbcImport.OPTIONS)));
  }

  /// @param target the ratio to reach; 0 for none
  private void ratio(Contender peer, double target) {
    var theirs = passes(peer);
    var ours = passes(SessionsBench.STOKER);
    var ratios =
        IntStream.range(0, ours.size())
            .mapToObj(i -> seconds(theirs.get(i).took()) / seconds(ours.get(i).took()))
            .toList();
    page.line(
        "| %s : %s | median over the rounds of seconds / seconds in the same round; %s | %.2f | %s | %s |"
            .formatted(
                SessionsBench.STOKER.name(),
                peer.name(),
                spread("%.2f", ratios),
                median(ratios),
                target == 0 ? "" : printed(">= %.1f", target),
                target == 0 ? "" : verdict(median(ratios) >= target)));
  }

  private static String verdict(boolean reached) {
    return reached ? "reached" : "not reached";
  }

  private List<Contender.Pass> passes(Contender contender) {
    return Objects.requireNonNull(results.passes().get(contender), contender.name());
  }

  private String averageBytes(Contender contender) {
    var bytes = passes(contender).getFirst().bytes();
    return bytes.isEmpty() ? "?" : Long.toString(bytes.getAsLong() / options.rows());
  }

  private static String rounds(int rounds) {
    return rounds == 1 ? "1 round" : rounds + " rounds";
  }

  private static String mebibytes(List<Contender.Pass> passes) {
    return passes.stream()
        .map(Contender.Pass::peak)
        .flatMapToLong(OptionalLong::stream)
        .max()
        .stream()
        .mapToObj(bytes -> printed("%.0f MiB", bytes / (1024.0 * 1024)))
        .findFirst()
        .orElse("");
  }

  private static String start(List<Contender.Pass> passes) {
    var starts = passes.stream().flatMap(pass -> pass.start().stream()).toList();
    return starts.isEmpty() ? "" : printed("%.2f", median(each(starts, Statistics::seconds)));
  }

  private static List<Double> tails(List<List<Duration>> rounds) {
    return each(rounds, round -> milliseconds(quantile(round, 0.99)));
  }

  private static <T> List<Double> each(List<T> values, ToDoubleFunction<T> figure) {
    var figures = new ArrayList<Double>();
    values.forEach(value -> figures.add(figure.applyAsDouble(value)));
    return figures;
  }
}
