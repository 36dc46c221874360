package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.testing.RealRedis;
import io.stoker.testing.TcpProxy;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The overview page in the browser.
class OverviewPageTest {

  private static BusyServer busy;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path folder) {
    busy = BusyServer.in(folder);
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    busy.close();
  }

  private static Locator card(Visit visit, String id) {
    return visit.page().locator("article#" + id);
  }

  /// A figure by its label.
  private static Locator figure(Visit visit, String id, String name) {
    return card(visit, id)
        .locator("dl > div", new Locator.LocatorOptions().setHasText(name))
        .locator("dd");
  }

  @Test
  void each_card_has_the_figures_of_its_job() {
    busy.lookSessionsUp();
    var money = busy.server().get("/api/overview").json().path("prompts");
    try (var visit = browser.visit(busy.server().port()).to("#/")) {
      assertThat(figure(visit, "sessions", "Last run, verified")).hasText("100%");
      assertThat(figure(visit, "sessions", "Hit rate")).hasText("99.4%");
      assertThat(card(visit, "sessions")).containsText("Completed");
      assertThat(figure(visit, "answers", "Queue")).containsText("of 11");
      assertThat(figure(visit, "answers", "Queue")).containsText("2 batches, 1 paused");
      assertThat(figure(visit, "answers", "Hit rate")).hasText("80%");
      assertThat(figure(visit, "prompts", "Saved today"))
          .containsText(dollars(money.path("saved_micros").asLong()));
      assertThat(figure(visit, "prompts", "Spent today"))
          .hasText(dollars(money.path("spent_micros").asLong()));
      assertThat(card(visit, "prompts")).containsText("1 scheduled warm");
    }
  }

  private static String dollars(long micros) {
    long rounded = (micros + 50) / 100;
    return "$%d.%04d".formatted(rounded / 10_000, rounded % 10_000);
  }

  @Test
  void what_happens_is_seen_without_a_reload(@TempDir Path folder) {
    try (var server = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()));
        var visit = browser.visit(server.port()).to("#/")) {
      assertThat(card(visit, "answers")).containsText("No batches yet");
      Browser.pace(server, "1h");

      server.post(
          "/api/admin/warming/queue/manual",
          "{\"queries\": [\"What is a TTL?\", \"What is a lease?\"]}");

      assertThat(figure(visit, "answers", "Queue")).containsText("1 of 2");
      assertThat(card(visit, "answers")).containsText("1 cached answer");
      assertThat(visit.page().locator(".problem")).hasCount(0);
    }
  }

  @Test
  @Tag("soak")
  void the_charts_grow_and_have_tables() {
    try (var visit = browser.visit(busy.server().port()).to("#/")) {
      var chart = visit.page().locator("time-line").nth(3);
      assertThat(chart.locator("svg path")).hasCount(1);
      chart.getByText("Scheduled warms as a table").click();
      var rows = chart.locator("tbody tr");
      assertThat(rows.first()).containsText("1");
      int before = rows.count();

      await().until(() -> rows.count() > before);
    }
  }

  @Test
  @Tag("soak")
  void the_tab_key_reaches_everything_and_a_page_uses_one_stream() {
    try (var visit = browser.visit(busy.server().port()).to("#/")) {
      assertThat(visit.page().locator("time-line svg").first()).isVisible();

      visit.reachesAllByTab();

      assertThat(visit.requests().stream().filter(url -> url.endsWith("/events")).toList())
          .containsExactly("http://127.0.0.1:" + busy.server().port() + "/api/overview/events");
    }
  }

  @Test
  @Tag("soak")
  void a_new_server_shows_the_first_steps() {
    try (var server = RunningServer.with(Map.of());
        var visit = browser.visit(server.port()).to("#/")) {
      assertThat(figure(visit, "sessions", "Hit rate")).hasText("–");
      assertThat(card(visit, "sessions")).containsText("./stoker demo");
      assertThat(figure(visit, "answers", "Hit rate")).hasText("–");
      assertThat(card(visit, "prompts")).containsText("No turns today");

      Visit.button(card(visit, "answers"), "Queue questions").click();

      assertThat(visit.page()).hasTitle("Queue – Stoker");
      visit.to("#/");
      Visit.button(card(visit, "sessions"), "Set up").click();
      assertThat(visit.page().locator("main pre")).containsText("REDIS_URL=redis://");
    }
  }

  @Test
  @Tag("soak")
  void an_error_is_shown_on_its_card_until_it_is_over() {
    var world = SessionEnvironment.with(1);
    try (var proxy = TcpProxy.to(RealRedis.shared().port());
        var server =
            RunningServer.with(
                world.variables(
                    "REDIS_URL", "redis://127.0.0.1:" + proxy.port(),
                    "STOKER_SESSIONS_WARM_AT_START", "false",
                    "STOKER_SESSIONS_KEEP_WARM", "false"));
        var visit = browser.visit(server.port()).to("#/")) {
      assertThat(card(visit, "sessions")).containsText("No runs yet");
      assertThat(visit.page().locator(".problem")).hasCount(0);

      proxy.cut();

      assertThat(card(visit, "sessions").locator(".problem")).containsText("Redis");
      assertThat(card(visit, "answers").locator(".problem")).hasCount(0);
      proxy.restore();
      assertThat(card(visit, "sessions").locator(".problem")).hasCount(0);
    }
  }

  @Test
  @Tag("soak")
  void a_lost_server_is_shown_and_reconnected() {
    try (var proxy = TcpProxy.to(busy.server().port());
        var visit = browser.visit(proxy.port()).to("#/")) {
      assertThat(card(visit, "sessions")).isVisible();
      var lost = visit.page().getByText("Connection lost");

      proxy.cut();
      assertThat(lost).isVisible();
      proxy.restore();

      assertThat(lost).isHidden();
      visit.complaints().removeIf(complaint -> complaint.contains("net::ERR"));
    }
  }

  @Test
  void every_page_is_two_clicks_away_and_old_addresses_still_work() {
    try (var visit = browser.visit(busy.server().port()).to("#/")) {
      visit.link("Prompts").click();
      visit.link("Ledger").click();
      assertThat(visit.page()).hasTitle("Ledger – Stoker");
      assertThat(visit.link("Ledger")).hasAttribute("aria-current", "page");
      assertThat(visit.link("Prompts")).hasAttribute("aria-current", "true");
      for (var hash : new String[] {"#/ask", "#/cache", "#/documents", "#/batch/1"}) {
        visit.to(hash);
        assertThat(visit.link("Answers")).hasAttribute("aria-current", "true");
      }
      visit.to("#/armed");
      assertThat(visit.link("Prompts")).hasAttribute("aria-current", "true");
    }
  }
}
