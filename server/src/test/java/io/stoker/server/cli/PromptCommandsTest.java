package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PromptCommandsTest {

  private static RunningServer server;

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
  void all_of_it_is_there_as_json() {
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
  void closing_ends_warming() {
    run("enable", chat);

    var closed = run("close", chat);

    assertThat(closed.out()).isEqualToIgnoringNewLines("Closed.");
    assertThat(run("show", chat).out()).contains("off");
  }

  @Test
  void what_the_server_refuses_is_exit_code_1_in_its_words() {
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
