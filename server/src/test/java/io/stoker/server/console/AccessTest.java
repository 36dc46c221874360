package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import io.stoker.server.RunningServer;
import io.stoker.testing.TcpProxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Accessibility of the console: keyboard, phone, sign-in, a bad connection.
@Tag("soak")
class AccessTest {

  private static final String TOKEN = "correct-horse-battery-staple";

  private static RunningServer server;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path folder) {
    server = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()));
    Browser.pace(server, "0s");
    browser = new Browser();
    try (var visit = browser.visit(server.port()).to("#/answers")) {
      var batch =
          visit.queue(
              "A".repeat(180), 2, "What is a lease?", "What is a " + "very".repeat(60) + "?");
      Visit.hasState(batch, "Completed");
    }
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "#/, .charts",
    "#/sessions, pre",
    "#/answers, [data-batch]",
    "#/batch/1, .history li",
    "#/ask, form",
    "#/cache, .cards tbody",
    "#/documents, .cards tbody tr",
    "#/prompts, .warming",
    "#/armed, main p",
    "#/ledger, money-budgets li",
    "#/settings, .facts"
  })
  void nothing_scrolls_sideways_on_a_phone(String hash, String content) {
    try (var visit = browser.visit(server.port(), 360).to(hash)) {
      visit.page().waitForSelector(content);

      var sizes =
          visit.page().evaluate("[document.documentElement.scrollWidth, window.innerWidth]");

      assertThat(sizes).isEqualTo(List.of(360, 360));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "#/, .charts",
    "#/sessions, pre",
    "#/answers, [data-batch]",
    "#/batch/1, .history li",
    "#/ask, form",
    "#/cache, .cards tbody",
    "#/documents, .cards tbody tr",
    "#/prompts, .warming",
    "#/armed, main p",
    "#/ledger, money-budgets li",
    "#/settings, .facts"
  })
  void the_tab_key_reaches_everything_and_shows_where_it_is(String hash, String content) {
    try (var visit = browser.visit(server.port()).to(hash)) {
      visit.page().waitForSelector(content);

      visit.reachesAllByTab();
    }
  }

  @Test
  void every_field_and_button_has_a_name() {
    for (var hash :
        List.of(
            "#/",
            "#/sessions",
            "#/answers",
            "#/batch/1",
            "#/ask",
            "#/cache",
            "#/documents",
            "#/prompts",
            "#/armed",
            "#/ledger",
            "#/settings")) {
      try (var visit = browser.visit(server.port()).to(hash)) {
        var nameless =
            visit
                .page()
                .evaluate(
                    """
                    [...document.querySelectorAll('input, select, textarea, button, progress')]
                      .filter(e => !(e.labels?.[0]?.textContent || e.ariaLabel || e.textContent).trim())
                      .map(e => e.outerHTML)
                    """);

        assertThat(nameless).isEqualTo(List.of());
      }
    }
  }

  @Test
  void the_title_names_the_page() {
    try (var visit = browser.visit(server.port()).to("#/cache")) {
      assertThat(visit.page()).hasTitle("Cache – Stoker");
      visit.page().getByText("Settings").click();
      assertThat(visit.page()).hasTitle("Settings – Stoker");
    }
  }

  @Test
  void an_unknown_batch_is_reported_as_missing() {
    try (var visit = browser.visit(server.port()).to("#/batch/999")) {
      assertThat(visit.page().locator("main")).containsText("no longer exists");
      visit.complaints().removeIf(complaint -> complaint.contains("status of 404"));
    }
  }

  @Test
  void a_lost_connection_is_shown_and_recovers() {
    try (var proxy = TcpProxy.to(server.port());
        var visit = browser.visit(proxy.port()).to("#/answers")) {
      var lost = visit.page().getByText("Connection lost");
      assertThat(visit.batch("A".repeat(180))).isVisible();
      assertThat(lost).isHidden();

      proxy.cut();
      assertThat(lost).isVisible();
      server.post(
          "/api/admin/warming/queue/manual",
          "{\"queries\": [\"What is a TTL?\"], \"options\": {\"name\": \"Meanwhile\"}}");
      proxy.restore();

      assertThat(lost).isHidden();
      Visit.hasState(visit.batch("Meanwhile"), "Completed");
      visit.complaints().removeIf(complaint -> complaint.contains("net::ERR"));
    }
  }

  @Test
  void who_is_not_known_any_more_is_asked_to_sign_in(@TempDir Path folder) {
    var variables = Map.of("STOKER_TOKEN", TOKEN, "STOKER_ANSWERS_DATA", folder.toString());
    try (var guarded = RunningServer.with(variables);
        var proxy = TcpProxy.to(guarded.port());
        var visit = browser.visit(proxy.port()).to("#/")) {
      visit.field("Token").fill(TOKEN);
      visit.button("Sign in").click();
      assertThat(visit.page().locator(".job")).hasCount(3);

      visit.page().context().clearCookies();
      proxy.cut();
      proxy.restore();

      assertThat(visit.field("Token")).isVisible();
      visit.complaints().clear();
    }
  }

  @Test
  void with_a_token_one_signs_in_and_the_token_is_in_no_address(@TempDir Path folder) {
    var variables = Map.of("STOKER_TOKEN", TOKEN, "STOKER_ANSWERS_DATA", folder.toString());
    try (var guarded = RunningServer.with(variables);
        var visit = browser.visit(guarded.port()).to("#/answers")) {
      visit.field("Token").fill("wrong-horse-battery-staple");
      visit.button("Sign in").click();
      assertThat(visit.page().getByRole(AriaRole.ALERT)).isVisible();
      visit.complaints().removeIf(complaint -> complaint.contains("status of 401"));

      visit.field("Token").fill(TOKEN);
      visit.button("Sign in").click();

      Visit.hasState(visit.queue("Signed in", 1, "What is a lease?"), "Completed");
      assertThat(visit.requests()).noneMatch(address -> address.contains(TOKEN));
      assertThat(visit.page().evaluate("document.cookie")).isEqualTo("");

      visit.page().reload();
      visit.button("Sign out").click();
      assertThat(visit.field("Token")).isVisible();
    }
  }
}
