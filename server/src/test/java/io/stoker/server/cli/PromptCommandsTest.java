package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.stoker.server.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptCommandsTest {

  private static RunningServer server;

  @TempDir private Path folder;

  private final String chat = "my chat " + UUID.randomUUID();

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Shell.Ran run(String... arguments) {
    var all = new ArrayList<>(List.of("prompts"));
    all.addAll(List.of(arguments));
    all.add("--server");
    all.add("http://127.0.0.1:" + server.port());
    return new Shell(Map.of()).run(all.toArray(String[]::new));
  }

  private void talk() {
    var answer =
        server.post(
            "/chat",
            "{\"message\":\"%s\",\"conversationId\":\"%s\"}".formatted("x".repeat(400), chat));
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void a_conversation_is_enabled_warmed_shown_listed_and_disabled() {
    talk();

    var enabled = run("enable", chat, "--interval", "2m");
    var warmed = run("warm", chat);
    var shown = run("show", chat);
    var listed = run("list");
    var disabled = run("disable", chat);

    assertThat(enabled.exitCode()).as("%s", enabled).isZero();
    assertThat(enabled.out()).contains("on", "2m", "Warm; the cache lives 5m");
    assertThat(warmed.out()).containsPattern("Warm: \\d+ of \\d+ tokens came from the cache");
    assertThat(shown.out()).contains("asked", "tokens from the cache");
    assertThat(listed.out()).contains("my chat", "2m");
    assertThat(disabled.out()).contains("off");
    assertThat(run("list", "--all").out()).contains("my chat");
  }

  @Test
  void each_command_prints_json() {
    talk();

    assertThat(run("enable", chat, "--json").out()).startsWith("{\"id\":\"" + chat + "\"");
    assertThat(run("warm", chat, "--json").out()).startsWith("{\"usage\":{");
    assertThat(run("show", chat, "--json").out())
        .startsWith("{\"conversation\":{")
        .contains("\"warms\":[{");
    assertThat(run("list", "--json").out()).startsWith("{\"conversations\":[");
    assertThat(run("disable", chat, "--json").out()).contains("\"enabled\":false");
    assertThat(run("close", chat, "--json").out())
        .isEqualToIgnoringNewLines("{\"conversationId\":\"" + chat + "\",\"abortedTurn\":false}");
  }

  @Test
  void a_policy_and_a_budget_are_set_and_shown() {
    talk();

    var off = run("policy", chat, "off");
    var budget = run("budget", chat, "2.50");
    var shown = run("show", chat);
    var inherited = run("policy", chat, "inherit");
    var none = run("budget", chat, "none");

    assertThat(off.exitCode()).as("%s", off).isZero();
    assertThat(off.out()).contains("policy: off, its own");
    assertThat(budget.out()).contains("budget: $2.5000 a day");
    assertThat(shown.out())
        .contains("policy: off, its own", "budget: $2.5000 a day", "warming so far: $0.0000 spent")
        .containsPattern("next message: <?\\$0.0\\d+ now, \\$0.0\\d+ after expiry");
    assertThat(inherited.out()).contains("policy: interval").doesNotContain("its own");
    assertThat(none.exitCode()).isZero();
    assertThat(none.out()).doesNotContain("budget:");
    assertThat(run("budget", chat, "0", "--json").out()).contains("\"daily_budget_micros\":0");
  }

  @Test
  void an_invalid_policy_or_budget_is_rejected_with_what_was_expected() {
    var policy = run("policy", chat, "always");
    var budget = run("budget", chat, "$5");
    var missing = run("budget", chat);

    assertThat(policy.exitCode()).isEqualTo(1);
    assertThat(policy.err()).contains("mode: expected one of interval, adaptive, off, inherit");
    assertThat(budget.exitCode()).isEqualTo(2);
    assertThat(budget.err())
        .isEqualToIgnoringNewLines(
            "DOLLARS: expected dollars with at most 6 decimal places, such as 2.50, got \"$5\","
                + " or none");
    assertThat(missing.exitCode()).isEqualTo(2);
  }

  @Test
  void the_ledger_is_summed_up_in_dollars() {
    talk();
    run("warm", chat);

    var ledger = run("ledger", "--by", "conversation", "--conversation", chat);
    var nothing = run("ledger", "--tenant", "nobody");
    var json = run("ledger", "--from", "2026-01-01", "--json");

    assertThat(ledger.exitCode()).as("%s", ledger).isZero();
    assertThat(ledger.out())
        .containsPattern("conversation +turns +warms +wrote +spent +saved +wasted +net")
        .containsPattern("my chat.* 1 +1 +0 +<?\\$0.000\\d +\\$0.0000 +\\$0.0000 +-<?\\$0.000\\d")
        .containsPattern("(?m)^all +1 +1 ");
    assertThat(nothing.out()).isEqualToIgnoringNewLines("The ledger has no entries.");
    assertThat(json.out()).startsWith("{\"sums\":{\"spent_micros\":");
  }

  @Test
  void the_ledger_is_written_to_a_file_line_by_line() throws IOException {
    talk();
    var file = folder.resolve("ledger.csv");
    Files.writeString(file, "older");

    var written = run("ledger", "--conversation", chat, "--csv", file.toString());
    var shown = run("ledger", "--conversation", chat, "--csv", "-");

    assertThat(written.exitCode()).as("%s", written).isZero();
    assertThat(Files.readString(file))
        .startsWith("at,conversation_id,")
        .contains(chat + ",,simulator/small,turn,")
        .isEqualTo(shown.out());
    assertThat(folder.toFile().list()).containsExactly("ledger.csv");
  }

  @Test
  void a_rejected_export_leaves_the_file_unchanged() throws IOException {
    var file = folder.resolve("ledger.csv");
    Files.writeString(file, "older");

    var refused = run("ledger", "--from", "yesterday", "--csv", file.toString());
    var noFolder = run("ledger", "--csv", folder.resolve("none/ledger.csv").toString());
    var isFolder = run("ledger", "--csv", folder.toString());
    var both = run("ledger", "--csv", file.toString(), "--json");
    var unknown = run("ledger", "--by", "week");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("from: expected a time such as");
    assertThat(Files.readString(file)).isEqualTo("older");
    assertThat(noFolder.exitCode()).isEqualTo(2);
    assertThat(noFolder.err()).startsWith("--csv: expected a writable file");
    assertThat(isFolder.exitCode()).isEqualTo(2);
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(folder.toFile().list()).containsExactly("ledger.csv");
  }

  @Test
  void an_interrupted_export_is_exit_code_3_and_leaves_the_file_unchanged() throws IOException {
    var file = folder.resolve("ledger.csv");
    Files.writeString(file, "older");
    var broken = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    broken.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(new byte[10]);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    broken.start();

    var ran =
        new Shell(Map.of())
            .run(
                "prompts",
                "ledger",
                "--csv",
                file.toString(),
                "--server",
                "http://127.0.0.1:" + broken.getAddress().getPort());
    broken.stop(0);

    assertThat(ran.exitCode()).isEqualTo(3);
    assertThat(ran.err()).startsWith("The response broke off before its end");
    assertThat(Files.readString(file)).isEqualTo("older");
    assertThat(folder.toFile().list()).containsExactly("ledger.csv");
  }

  @Test
  void closing_ends_warming() {
    run("enable", chat);

    var closed = run("close", chat);

    assertThat(closed.out()).isEqualToIgnoringNewLines("Closed.");
    assertThat(run("show", chat).out()).contains("off");
  }

  @Test
  void a_rejected_request_is_exit_code_1_with_the_server_s_message() {
    run("enable", chat, "--interval", "24h");

    var nothingSaid = run("warm", chat);
    var unknown = run("show", "nobody");
    var tooShort = run("enable", chat, "--interval", "5ms", "--json");

    assertThat(nothingSaid.exitCode()).isEqualTo(1);
    assertThat(nothingSaid.err()).isEqualToIgnoringNewLines("no history");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).isEqualToIgnoringNewLines("There is no conversation nobody");
    assertThat(tooShort.exitCode()).isEqualTo(1);
    assertThat(tooShort.out()).startsWith("{\"error\":\"bad-value\"").contains("1s to 24h");
    run("disable", chat);
  }

  @Test
  void a_missing_id_is_exit_code_2() {
    assertThat(run("warm").exitCode()).isEqualTo(2);
    assertThat(new Shell(Map.of()).run("prompts").exitCode()).isEqualTo(2);
  }
}
