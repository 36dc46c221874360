package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The routes of conversations and their warming.
class PromptRoutesTest {

  private static final String PLACE = "/api/prompts/conversations";

  private static RunningServer server;

  private final String chat = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
                "STOKER_PROMPTS_DAILYBUDGET", "5",
                "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "1.5"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private void talk(String id) {
    var answer =
        server.post(
            "/chat",
            "{\"message\":\"%s\",\"conversationId\":\"%s\"}".formatted("x".repeat(400), id));
    assertThat(answer.status()).isEqualTo(200);
  }

  private JsonNode enable(String id, String interval) {
    return server
        .put(
            PLACE + "/" + id + "/warming",
            "{\"enabled\": true, \"interval\": \"%s\"}".formatted(interval))
        .json();
  }

  private void disable(String id) {
    server.put(PLACE + "/" + id + "/warming", "{\"enabled\": false}");
  }

  @Test
  void a_conversation_is_enabled_with_its_own_interval() {
    talk(chat);

    var enabled = enable(chat, "90s");

    assertThat(enabled.path("id").asString()).isEqualTo(chat);
    assertThat(enabled.path("model").asString()).isEqualTo("simulator/small");
    assertThat(enabled.path("enabled").asBoolean()).isTrue();
    assertThat(enabled.path("interval").asString()).isEqualTo("1m30s");
    assertThat(enabled.path("activity").asString()).isEqualTo("idle");
    assertThat(enabled.path("status").asString()).startsWith("Warm; the cache lives 5m");
    assertThat(Instant.parse(enabled.path("next_warm_at").asString()))
        .isBefore(Instant.parse(enabled.path("cold_at").asString()));
    assertThat(enabled.path("last_warm_at").isNull()).isTrue();
    assertThat(server.get(PLACE + "/" + chat).json()).isEqualTo(enabled);
    disable(chat);
  }

  @Test
  void a_request_contains_only_the_changed_members() {
    enable(chat, "2m");

    var off = server.put(PLACE + "/" + chat + "/warming", "{\"enabled\": false}").json();
    var same = server.put(PLACE + "/" + chat + "/warming", "").json();

    assertThat(off.path("interval").asString()).isEqualTo("2m");
    assertThat(off.path("next_warm_at").isNull()).isTrue();
    assertThat(same).isEqualTo(off);
  }

  @Test
  void a_warm_is_executed_returned_and_recorded() {
    talk(chat);
    server.post(PLACE + "/" + chat + "/warm", "");

    var warmed = server.post(PLACE + "/" + chat + "/warm", "");

    assertThat(warmed.status()).isEqualTo(200);
    assertThat(warmed.json().path("usage").path("retention_percent").asInt()).isEqualTo(100);
    assertThat(warmed.json().path("conversation").path("retention_percent").asInt()).isEqualTo(100);
    var warms = server.get(PLACE + "/" + chat + "/warms").json().path("warms");
    assertThat(warms.size()).isEqualTo(2);
    assertThat(warms.path(0).path("manual").asBoolean()).isTrue();
    assertThat(warms.path(0).path("usage")).isEqualTo(warmed.json().path("usage"));
    assertThat(server.get(PLACE + "/" + chat + "/warms?limit=1").json().path("warms").size())
        .isEqualTo(1);
  }

  @Test
  void conversations_warm_by_themselves_once_they_are_enabled() {
    talk(chat);
    enable(chat, "1s");

    await().until(() -> server.get(PLACE + "/" + chat + "/warms").json().path("warms").size() >= 2);

    var warms = server.get(PLACE + "/" + chat + "/warms").json().path("warms");
    assertThat(warms.path(0).path("manual").asBoolean()).isFalse();
    assertThat(warms.path(0).path("trouble").asString()).isEmpty();
    disable(chat);
  }

  @Test
  void conversations_are_listed_page_by_page() {
    for (int i = 0; i < 3; i++) {
      enable("page-" + i, "24h");
    }

    var first = server.get(PLACE + "?enabled=true&limit=2").json();
    var cursor = first.path("next_cursor").asString();
    var second = server.get(PLACE + "?enabled=true&limit=2&cursor=" + cursor).json();

    assertThat(first.path("conversations").path(0).path("id").asString()).isEqualTo("page-0");
    assertThat(first.path("conversations").path(0).path("expires_before_next_warm").asBoolean())
        .isTrue();
    assertThat(cursor).isEqualTo("page-1");
    assertThat(second.path("conversations").size()).isEqualTo(1);
    assertThat(second.path("next_cursor").isNull()).isTrue();
    disable("page-0");
    assertThat(server.get(PLACE + "?enabled=true").json().path("conversations").size())
        .isEqualTo(2);
    assertThat(server.get(PLACE + "?limit=1000").json().toString()).contains("page-0");
    disable("page-1");
    disable("page-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/warms"})
  void an_unknown_conversation_is_not_found(String path) {
    var answer = server.get(PLACE + "/nobody" + path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("code")).isEqualTo("unknown-conversation");
  }

  @Test
  void a_conversation_without_history_is_not_warmed() {
    enable(chat, "24h");

    var answer = server.post(PLACE + "/" + chat + "/warm", "");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("code")).isEqualTo("warm-refused");
    assertThat(answer.text("detail")).isEqualTo("no history");
    disable(chat);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?limit=0", "?limit=1001", "?enabled=maybe", "?page=1"})
  void an_invalid_list_query_is_rejected(String query) {
    assertThat(server.get(PLACE + query).status()).isEqualTo(400);
  }

  @Test
  void a_conversation_s_own_mode_is_set_and_removed() {
    talk(chat);
    enable(chat, "24h");

    var off = wish("{\"mode\": \"off\"}").json();
    var adaptive = wish("{\"mode\": \"adaptive\"}").json();
    var inherited = wish("{\"mode\": \"inherit\"}").json();

    assertThat(off.path("own_mode").asString()).isEqualTo("off");
    assertThat(off.path("mode").asString()).isEqualTo("off");
    assertThat(off.path("rest").asString()).isEqualTo("switched-off");
    assertThat(off.path("next_warm_at").isNull()).isTrue();
    assertThat(adaptive.path("mode").asString()).isEqualTo("adaptive");
    assertThat(adaptive.path("why").asString()).contains("% chance that the next warm saves");
    assertThat(inherited.path("own_mode").isNull()).isTrue();
    assertThat(inherited.path("mode").asString()).isEqualTo("interval");
    assertThat(wish("{}").json()).isEqualTo(inherited);
    disable(chat);
  }

  private RunningServer.Answer wish(String json) {
    return server.put(PLACE + "/" + chat + "/warming", json);
  }

  @Test
  void a_request_with_an_invalid_member_changes_nothing() {
    enable(chat, "2m");
    var before = server.get(PLACE + "/" + chat).json();

    var unknown = wish("{\"enabled\": false, \"interval\": \"3m\", \"mode\": \"always\"}");
    var tooLong = wish("{\"mode\": \"off\", \"interval\": \"25h\"}");
    var noText = wish("{\"mode\": false}");

    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.text("detail"))
        .isEqualTo("mode: expected one of interval, adaptive, off, inherit, got \"always\"");
    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(noText.text("detail")).startsWith("mode: expected text");
    assertThat(server.get(PLACE + "/" + chat).json()).isEqualTo(before);
    disable(chat);
  }

  @Test
  void a_budget_is_set_and_removed() {
    talk(chat);
    var place = PLACE + "/" + chat + "/budget";

    var set = server.put(place, "{\"daily_budget_micros\": 2500000}").json();
    var removed = server.delete(place).json();

    assertThat(set.path("daily_budget_micros").asLong()).isEqualTo(2_500_000);
    assertThat(removed.path("daily_budget_micros").isNull()).isTrue();
    assertThat(server.get(PLACE + "/" + chat).json()).isEqualTo(removed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"daily_budget_micros": -1}    | daily_budget_micros: expected micro-dollars of at least 0, got -1
          {"daily_budget_micros": null}  | daily_budget_micros: expected micro-dollars of at least 0, got none
          {}                             | daily_budget_micros: expected micro-dollars of at least 0, got none
          {"daily_budget_micros": 2.5}   | daily_budget_micros: expected a whole number
          {"daily_budget_micros": "2"}   | daily_budget_micros: expected a whole number
          {"daily_budget_micros": 1e30}  | daily_budget_micros: expected a whole number
          {"budget": 1}                  | budget: unknown; expected one of
          """)
  void an_invalid_budget_is_rejected(String body, String detail) {
    var answer = server.put(PLACE + "/" + chat + "/budget", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("detail")).startsWith(detail);
  }

  @Test
  void a_hint_is_stored_until_the_next_turn() {
    talk(chat);
    var place = PLACE + "/" + chat + "/hint";

    var first = server.post(place, "{\"waiting_for\": \"permission\"}").json().path("idle");
    var second = server.post(place, "{\"focused\": false}").json().path("idle");
    talk(chat);
    var third = server.get(PLACE + "/" + chat).json().path("idle");

    assertThat(first.path("waiting_for").asString()).isEqualTo("permission");
    assertThat(first.path("focused").isNull()).isTrue();
    assertThat(second.path("waiting_for").asString()).isEqualTo("permission");
    assertThat(second.path("focused").asBoolean(true)).isFalse();
    assertThat(third.path("waiting_for").asString()).isEqualTo("user");
    assertThat(third.path("focused").isNull()).isTrue();
  }

  @Test
  void an_invalid_hint_is_rejected() {
    talk(chat);
    var place = PLACE + "/" + chat + "/hint";

    var unknown = server.post(place, "{\"waiting_for\": \"godot\"}");

    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.text("detail"))
        .isEqualTo(
            "waiting_for: expected one of user, tool, permission, background-job, got"
                + " \"godot\"");
    assertThat(server.post(place, "{\"focused\": \"yes\"}").text("detail"))
        .startsWith("focused: expected true or false");
    assertThat(server.post(PLACE + "/nobody/hint", "{}").status()).isEqualTo(404);
  }

  @Test
  void a_conversation_shows_what_it_waits_for_and_the_price_of_its_next_message() {
    talk(chat);

    var conversation = server.get(PLACE + "/" + chat).json();

    var idle = conversation.path("idle");
    long tokens = idle.path("prompt_tokens").asLong();
    assertThat(tokens).isGreaterThan(100);
    assertThat(idle.path("tier").asString()).isEqualTo("brief");
    assertThat(idle.path("pings").asInt()).isZero();
    var next = conversation.path("next_message");
    assertThat(next.path("now_micros").asLong()).isEqualTo(Math.round(tokens * 0.1));
    assertThat(next.path("after_expiry_micros").asLong()).isEqualTo(Math.round(tokens * 1.25));
    assertThat(conversation.path("rest").asString()).isEqualTo("none");
    assertThat(conversation.path("tenant").asString()).isEmpty();
  }

  @Test
  void meters_and_health_show_turns_and_warms() {
    talk(chat);
    enable(chat, "24h");
    server.post(PLACE + "/" + chat + "/warm", "");

    var meters = server.get("/actuator/prometheus").response().body();
    var health = server.get("/actuator/health").json().path("components").path("prompts");

    assertThat(meters)
        .containsPattern("stoker_prompts_armed [1-9]")
        .contains("stoker_prompts_warms_in_flight 0.0", "stoker_prompts_turns_in_flight 0.0")
        .containsPattern("stoker_prompts_warms_total\\{outcome=\"warmed\"} [1-9]")
        .contains(
            "stoker_prompts_warms_total{outcome=\"failed\"} 0.0", "stoker_prompts_sockets 0.0")
        .containsPattern("stoker_prompts_turns_total\\{reason=\"stop\"} [1-9]")
        .containsPattern("stoker_prompts_warm_tokens_total\\{cache=\"read\"} [1-9]")
        .containsPattern("stoker_prompts_money_dollars_total\\{kind=\"spent\"} (0\\.0*)?[1-9]")
        .contains(
            "stoker_prompts_money_dollars_total{kind=\"saved\"} 0.0",
            "stoker_prompts_money_dollars_total{kind=\"wasted\"}",
            "stoker_prompts_warms_wrote_total",
            "stoker_prompts_warms_waiting 0.0",
            "stoker_prompts_first_token_seconds_count{cache=\"warm\"}",
            "stoker_prompts_first_token_seconds_sum{cache=\"cold\"}",
            "stoker_prompts_budget_limit_dollars{scope=\"server\"} 5.0",
            "stoker_prompts_budget_limit_dollars{scope=\"tenant acme\"} 1.5",
            "stoker_prompts_budget_spent_dollars{scope=\"tenant acme\"} 0.0")
        .containsPattern("stoker_prompts_budget_spent_dollars\\{scope=\"server\"} (0\\.0*)?[1-9]");
    assertThat(health.path("status").asString()).isEqualTo("UP");
    assertThat(health.path("details").path("armed").asInt()).isPositive();
    assertThat(health.path("details").path("providers").toString()).isEqualTo("[\"simulator\"]");
    disable(chat);
  }
}
