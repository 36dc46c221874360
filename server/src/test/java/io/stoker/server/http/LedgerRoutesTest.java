package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The routes of the ledger and of budgets.
class LedgerRoutesTest {

  private static final String PLACE = "/api/prompts/conversations/";
  private static final String LEDGER = "/api/prompts/ledger";
  private static final String HEAD =
      "at,conversation_id,tenant,model,kind,input_tokens,output_tokens,cache_read_tokens,"
          + "cache_write_tokens,cost_micros,saved_micros,wasted_micros,priced,idle_ms,pings,"
          + "first_token_ms";

  /// Longer than the warming interval, shorter than the time between turns.
  private static final Duration TTL = Duration.ofSeconds(4);

  private static RunningServer server;

  private final String chat = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
                "STOKER_PROMPTS_SIMULATOR_TTL", TTL.toSeconds() + "s",
                "STOKER_PROMPTS_DAILYBUDGET", "5.00",
                "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "1.50",
                "STOKER_PROMPTS_TENANTS_ACME_POLICY", "adaptive"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void talk(String id, String tenant) {
    var body =
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("message", id + "x".repeat(400), "conversationId", id, "tenant", tenant));
    assertThat(server.post("/chat", body).response().body()).contains("turn-sealed");
  }

  private static JsonNode warming(String id, String wish) {
    var answer = server.put(PLACE + id + "/warming", wish);
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return answer.json();
  }

  private static JsonNode conversation(String id) {
    return server.get(PLACE + id).json();
  }

  private static JsonNode ledger(String query) {
    var answer = server.get(LEDGER + query);
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return answer.json();
  }

  private JsonNode sums() {
    return ledger("?conversation=" + chat).path("sums");
  }

  @Test
  void a_user_who_returns_to_a_warm_cache_has_saved_money() {
    talk(chat, "savers");
    warming(chat, "{\"enabled\": true, \"interval\": \"1s\"}");
    var idle = Instant.parse(conversation(chat).path("idle").path("since").asString());
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Instant.now().isAfter(idle.plus(TTL).plusMillis(100)));
    talk(chat, "savers");
    warming(chat, "{\"enabled\": false}");

    var sums = sums();

    assertThat(sums.path("turns").asLong()).isEqualTo(2);
    assertThat(sums.path("pings").asLong()).isGreaterThanOrEqualTo(3);
    assertThat(sums.path("spent_micros").asLong()).isPositive();
    assertThat(sums.path("saved_micros").asLong()).isPositive();
    assertThat(sums.path("wasted_micros").asLong()).isZero();
    assertThat(sums.path("net_micros").asLong())
        .isEqualTo(sums.path("saved_micros").asLong() - sums.path("spent_micros").asLong());
    assertThat(sums.path("turn_cost_micros").asLong()).isPositive();
    assertThat(sums.path("unpriced").asLong()).isZero();
    assertThat(sums.path("warm_turns").asLong()).isEqualTo(1);
    assertThat(sums.path("warm_first_token_ms").isNumber()).isTrue();
    assertThat(sums.path("cold_turns").asLong()).isEqualTo(1);
    var money = conversation(chat).path("money");
    for (var member : List.of("spent_micros", "saved_micros", "wasted_micros", "net_micros")) {
      assertThat(money.path(member)).as(member).isEqualTo(sums.path(member));
    }
    var ofTenant = ledger("?by=tenant&tenant=savers&from=2026-01-01").path("groups");
    assertThat(ofTenant.size()).isEqualTo(1);
    assertThat(ofTenant.path(0).path("name").asString()).isEqualTo("savers");
    assertThat(ofTenant.path(0).path("sums")).isEqualTo(sums);
    var ofDay = ledger("?tenant=savers").path("groups").path(0);
    assertThat(ofDay.path("name").asString()).matches("\\d{4}-\\d\\d-\\d\\d");
    assertThat(ledger("?by=hour&tenant=savers&provider=nobody").path("groups").isEmpty()).isTrue();
  }

  @Test
  void a_spent_budget_stops_warming_with_the_reason_until_it_is_raised() {
    talk(chat, "thrifty");
    budget("150");
    warming(chat, "{\"enabled\": true, \"interval\": \"1s\"}");
    await().until(() -> conversation(chat).path("rest").asString().equals("over-budget"));

    var resting = conversation(chat);
    var spent = sums().path("spent_micros").asLong();

    assertThat(resting.path("next_warm_at").isNull()).isTrue();
    assertThat(resting.path("daily_budget_micros").asLong()).isEqualTo(150);
    assertThat(resting.path("status").asString())
        .startsWith("Stopped; the daily budget of this conversation");
    assertThat(spent).isPositive().isLessThanOrEqualTo(150);
    assertThat(server.delete(PLACE + chat + "/budget").json().path("next_warm_at").isNull())
        .isFalse();
    await().until(() -> sums().path("spent_micros").asLong() > spent);
    warming(chat, "{\"enabled\": false}");
  }

  private void budget(String micros) {
    var answer = server.put(PLACE + chat + "/budget", "{\"daily_budget_micros\": " + micros + "}");
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
  }

  @Test
  void budgets_show_today_s_spending_in_total_and_by_configured_tenant() {
    talk(chat, "acme");
    server.post(PLACE + chat + "/warm", "");

    var budgets = server.get("/api/prompts/budgets").json();

    assertThat(Instant.parse(budgets.path("day_ends_at").asString()))
        .isAfter(Instant.now())
        .isBeforeOrEqualTo(Instant.now().plus(Duration.ofDays(1)));
    assertThat(budgets.path("mode").asString()).isEqualTo("interval");
    assertThat(budgets.path("warms_per_minute").asInt()).isZero();
    assertThat(budgets.path("daily_budget_micros").asLong()).isEqualTo(5_000_000);
    assertThat(budgets.path("tenants").size()).isEqualTo(1);
    var acme = budgets.path("tenants").path(0);
    assertThat(acme.path("tenant").asString()).isEqualTo("acme");
    assertThat(acme.path("mode").asString()).isEqualTo("adaptive");
    assertThat(acme.path("daily_budget_micros").asLong()).isEqualTo(1_500_000);
    assertThat(acme.path("spent_today_micros").asLong())
        .isPositive()
        .isEqualTo(ledger("?tenant=acme").path("sums").path("spent_micros").asLong());
    assertThat(budgets.path("spent_today_micros").asLong())
        .isGreaterThanOrEqualTo(acme.path("spent_today_micros").asLong());
  }

  @Test
  void lines_are_exported_as_csv_that_no_spreadsheet_takes_for_formulas() {
    var id = "=1+\"2\", " + chat;
    talk(id, "-tenant");
    var query = "?conversation=" + URLEncoder.encode(id, UTF_8);

    var answer = server.get(LEDGER + "/entries" + query + "&format=csv");

    var headers = answer.response().headers();
    assertThat(headers.firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
    assertThat(headers.firstValue("Content-Disposition"))
        .contains("attachment; filename=\"ledger.csv\"");
    assertThat(answer.response().body())
        .matches(
            HEAD
                + "\\r\\n[0-9T:.-]+Z,\"'=1\\+\"\"2\"\", "
                + chat
                + "\",'-tenant,simulator/small,turn,\\d+,\\d+,0,\\d+,\\d+,0,0,true,,0,\\d+\\r\\n");
  }

  @Test
  void lines_are_exported_as_json_the_oldest_first() {
    talk(chat, "exporters");
    server.post(PLACE + chat + "/warm", "");

    var answer = server.get(LEDGER + "/entries?conversation=" + chat);

    assertThat(answer.response().headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"ledger.json\"");
    var entries = answer.json().path("entries");
    assertThat(entries.size()).isEqualTo(2);
    assertThat(entries.path(0).path("kind").asString()).isEqualTo("turn");
    assertThat(entries.path(1).path("kind").asString()).isEqualTo("ping");
    assertThat(entries.path(1).path("tenant").asString()).isEqualTo("exporters");
    assertThat(entries.path(1).path("cost_micros").asLong())
        .isEqualTo(sums().path("spent_micros").asLong());
    assertThat(server.get(LEDGER + "/entries?tenant=nobody").response().body().replace("\n", ""))
        .isEqualTo("{\"entries\":[]}");
    assertThat(server.get(LEDGER + "/entries?tenant=nobody&format=csv").response().body())
        .isEqualTo(HEAD + "\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ?by=week                              | by: expected one of tenant, provider, model, conversation, hour, day, got "week"
          ?from=yesterday                       | from: expected a time such as 2026-11-21T16:00:00Z or a day such as 2026-11-21, got "yesterday"
          ?until=2026-13-01                     | until: expected a time
          ?from=%2B999999999-12-31              | from: expected a time
          ?until=2026-11-21T25:00:00Z           | until: expected a time
          ?from=2026-11-21&until=2026-11-21     | until: expected a time after 2026-11-21T00:00:00Z, got 2026-11-21T00:00:00Z
          ?limit=0                              | limit: expected 1 to 1000, got 0
          ?limit=1001                           | limit: expected 1 to 1000
          ?conversation=                        | conversation: expected 1 to 200 characters without control characters, got none
          ?sort=name                            | sort: unknown; expected one of
          /entries?format=xml                   | format: expected one of json, csv, got "xml"
          /entries?by=day                       | by: unknown; expected one of
          """)
  void an_invalid_query_is_rejected(String query, String detail) {
    var answer = server.get(LEDGER + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("code")).isEqualTo("bad-value");
    assertThat(answer.text("detail")).startsWith(detail);
  }
}
