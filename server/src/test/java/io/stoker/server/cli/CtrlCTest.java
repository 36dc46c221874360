package io.stoker.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.ServerProcess;
import io.stoker.server.SessionEnvironment;
import io.stoker.testing.RealRedis;
import io.stoker.testing.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Commands in a process of their own, as an operator runs them.
@Timeout(60)
class CtrlCTest {

  private static void interrupt(Process process) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void ctrl_c_ends_the_run_with_a_report_and_leaves_nothing_half_done()
      throws IOException, InterruptedException {
    var world = SessionEnvironment.with(300);
    var process =
        ServerProcess.launch(world.variables(), List.of(), "sessions", "warm", "--rate", "50");
    try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      assertThat(lines.readLine()).startsWith("[CacheWarming] Progress: ");

      interrupt(process);

      var rest = lines.lines().toList();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(rest)
          .anySatisfy(line -> assertThat(line).matches("Warmed \\d+ of \\d+ sessions in .*"))
          .anySatisfy(line ->
              assertThat(line).matches("Target missed: the run reached \\d+ of 300 sessions\\."))
          .anySatisfy(line -> assertThat(line).startsWith("Cancelled."))
          .noneSatisfy(line -> assertThat(line).contains("Exception"));
    } finally {
      process.destroyForcibly();
    }
    try (var jedis = world.redis().jedis()) {
      assertThat(jedis.keys("*"))
          .isNotEmpty()
          .allSatisfy(key -> assertThat(jedis.ttl(key)).isPositive());
      assertThat(jedis.exists("stoker:session:lock")).isFalse();
    }
  }

  @Test
  @Tag("soak")
  void a_certificate_that_the_jvm_trusts_is_good_for_redis()
      throws IOException, InterruptedException {
    var certificate = TestCertificate.shared();
    var trust =
        List.of(
            "-Djavax.net.ssl.trustStore=" + certificate.trustStore(),
            "-Djavax.net.ssl.trustStorePassword=" + certificate.trustStorePassword());
    try (var redis = RealRedis.builder().tls().password("secret").start()) {
      var process =
          ServerProcess.launch(
              SessionEnvironment.with(20, redis).variables(), trust, "sessions", "warm", "--json");
      var out = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertThat(process.waitFor()).as(out).isZero();
      assertThat(out).contains("\"state\":\"completed\"", "\"warmed\":20");
    }
  }
}
