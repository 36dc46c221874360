package io.stoker.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.WarmCounts;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoTest {

  private static final Output ONE_RUN = new Output();
  private static int oneRunsExitCode;

  private final Output output = new Output();

  @BeforeAll
  static void runOnce() {
    oneRunsExitCode = ONE_RUN.demo().run("--sessions", "2000", "--lookups", "500");
  }

  @Test
  void a_newcomer_sees_what_warming_is_worth() {
    assertThat(oneRunsExitCode).isZero();
    assertThat(ONE_RUN.out())
        .contains("2,000 users, 2,000 sessions", "warming ... 1,920 of 1,920", "Target reached:")
        .containsPattern("verified +100.0 %");
    var hitRates = Pattern.compile("hit rate +([0-9.]+) % +([0-9.]+) %").matcher(ONE_RUN.out());
    assertThat(hitRates.find()).isTrue();
    assertThat(Double.parseDouble(hitRates.group(1))).isLessThan(60);
    assertThat(Double.parseDouble(hitRates.group(2))).isGreaterThan(90);
    assertThat(ONE_RUN.err()).isEmpty();
  }

  @Test
  void a_session_that_is_signed_out_is_never_found_again() {
    assertThat(ONE_RUN.out())
        .containsSubsequence(
            "found   before",
            "nothing   once it is revoked",
            "refused   what a warm run had read before",
            "nothing   after the late write",
            "nothing   after another warm run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--sessions=0", "--sessions=999", "--lookups=many", "--lookups", "--fast", "now"})
  void flags_that_make_no_sense_are_refused(String flag) {
    assertThat(output.demo().run(flag)).isEqualTo(2);

    assertThat(output.err()).contains("Usage: stoker demo");
    assertThat(output.out()).isEmpty();
  }

  @Test
  void help_starts_nothing() {
    assertThat(output.demo().run("--help")).isZero();

    assertThat(output.out()).startsWith("Usage: stoker demo").contains("--sessions=N", "--keep");
  }

  @Test
  void a_failure_is_printed_with_its_causes() {
    var printout = output.printout();

    printout.failed(new IllegalStateException("no Postgres", new IOException("no space left")));

    assertThat(output.err().lines())
        .containsExactly(
            "The demo failed: java.lang.IllegalStateException: no Postgres",
            "  caused by: java.io.IOException: no space left");
  }

  @Test
  void the_target_is_reached_only_if_nine_in_ten_are_verified_and_hit_and_no_answer_is_wrong() {
    var cold = lookups(10, 0);

    assertThat(Demo.reachesTarget(report(90), cold, lookups(90, 0))).isTrue();
    assertThat(Demo.reachesTarget(report(89), cold, lookups(90, 0))).isFalse();
    assertThat(Demo.reachesTarget(report(90), cold, lookups(89, 0))).isFalse();
    assertThat(Demo.reachesTarget(report(90), cold, lookups(90, 1))).isFalse();
    assertThat(Demo.reachesTarget(report(90), lookups(10, 1), lookups(90, 0))).isFalse();
  }

  @Test
  void quantiles_are_look_ups_that_were_measured() {
    var lookups = new Lookups(LookupCounts.NONE, 0, List.of(10L, 20L, 30L, 40L));

    assertThat(lookups.quantile(0.5)).isEqualTo(Duration.ofNanos(20));
    assertThat(lookups.quantile(0.99)).isEqualTo(Duration.ofNanos(40));
  }

  @Test
  void nothing_is_left_behind_when_it_is_stopped_while_it_keeps_the_servers(@TempDir Path temporary)
      throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Demo.class.getName(),
                "--keep",
                "--sessions=1000",
                "--lookups=100")
            .redirectError(temporary.resolve("err").toFile())
            .start();
    var urls =
        process
            .inputReader(UTF_8)
            .lines()
            .filter(line -> line.contains("export"))
            .limit(2)
            .toList();

    process.destroy();

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(urls).hasSize(2).allSatisfy(line -> assertThat(isUp(line)).isFalse());
    try (var left = Files.list(temporary)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("stoker"));
    }
    assertThat(temporary.resolve("err")).isEmptyFile();
  }

  /// What a demo prints, and where.
  private record Output(ByteArrayOutputStream outBytes, ByteArrayOutputStream errBytes) {

    Output() {
      this(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    }

    Demo demo() {
      return new Demo(
          new PrintStream(outBytes, true, UTF_8), new PrintStream(errBytes, true, UTF_8), false);
    }

    Printout printout() {
      return new Printout(
          new PrintStream(outBytes, true, UTF_8), new PrintStream(errBytes, true, UTF_8), false);
    }

    String out() {
      return outBytes.toString(UTF_8);
    }

    String err() {
      return errBytes.toString(UTF_8);
    }
  }

  private static SessionReport report(int found) {
    return new SessionReport(
        RunState.COMPLETED,
        new WarmCounts(100, Map.of(), Map.of()),
        100L,
        100,
        found,
        1,
        Duration.ofSeconds(1),
        null,
        "");
  }

  private static Lookups lookups(int hitsOfHundred, int wrong) {
    var counts = new LookupCounts(0, hitsOfHundred, 100 - hitsOfHundred, 0, 0, 0, 0);
    return new Lookups(counts, wrong, List.of(1L));
  }

  private static boolean isUp(String line) {
    var url = URI.create(line.substring(line.indexOf('=') + 1));
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }
}
