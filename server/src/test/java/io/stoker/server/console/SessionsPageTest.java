package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.LookupCounts;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The sessions page in the browser, with a real Postgres and a real Redis.
class SessionsPageTest {

  private static SessionEnvironment world;
  private static RunningServer server;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start() {
    world = SessionEnvironment.with(300);
    server =
        RunningServer.with(
            world.variables(
                "STOKER_SESSIONS_WARM_AT_START", "false", "STOKER_SESSIONS_KEEP_WARM", "false"));
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void come() {
    world.redis().flush();
    visit = browser.visit(server.port()).to("#/sessions");
    assertThat(visit.button("Warm sessions")).isEnabled();
  }

  @AfterEach
  void leave() {
    visit.close();
  }

  private Locator newest() {
    return visit.page().locator("[data-run]").first();
  }

  @Test
  void a_run_is_started_and_ends_with_its_verified_share() {
    visit.field("Max sessions").fill("200");

    visit.button("Warm sessions").click();

    assertThat(newest()).containsText("200 selected: 200 warmed");
    Visit.hasState(newest(), "Completed");
    assertThat(newest()).containsText("200 of 200");
    assertThat(newest()).containsText("100%");
  }

  @Test
  @Tag("soak")
  void a_run_is_watched_and_cancelled() {
    visit.field("Sessions per second").fill("50");
    visit.button("Warm sessions").click();
    Visit.hasState(newest(), "Running");
    assertThat(newest()).containsText("of 300");

    Visit.button(newest(), "Cancel run").click();

    Visit.hasState(newest(), "Cancelled");
    assertThat(Visit.button(newest(), "Cancel run")).hasCount(0);
  }

  @Test
  @Tag("soak")
  void a_second_run_is_refused_while_one_is_running() {
    visit.field("Sessions per second").fill("50");
    visit.button("Warm sessions").click();
    Visit.hasState(newest(), "Running");

    visit.button("Warm sessions").click();

    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("is going on");
    visit.complaints().removeIf(complaint -> complaint.contains("status of 409"));
    Visit.button(newest(), "Cancel run").click();
    Visit.hasState(newest(), "Cancelled");
  }

  @Test
  @Tag("soak")
  void an_invalid_plan_is_refused_with_the_servers_message() {
    visit.field("Active within").fill("a day");

    visit.button("Warm sessions").click();

    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("expected a duration such as");
    visit.complaints().removeIf(complaint -> complaint.contains("status of 400"));
  }

  @Test
  @Tag("soak")
  void an_estimate_is_shown_and_no_run_started() {
    int before = visit.page().locator("[data-run]").count();
    visit.field("Max sessions").fill("100");

    visit.button("Estimate").click();

    assertThat(visit.page().getByLabel("Estimate")).containsText("100 sessions of 300 eligible");
    assertThat(visit.page().locator("[data-run]")).hasCount(before);
  }

  @Test
  @Tag("soak")
  void reasons_for_skipped_sessions_are_shown() {
    visit.page().getByText("Dry run").click();

    visit.button("Warm sessions").click();

    assertThat(newest()).containsText("300 skipped: dry run");
    assertThat(newest().locator(".badge").first()).hasText("Dry run");
  }

  @Test
  @Tag("soak")
  void look_ups_are_shown_for_the_selected_window() {
    try (var client = world.redisClient()) {
      world.redisSessions(client).stats().add(new LookupCounts(1, 2, 1, 0, 0, 0, 0));
    }

    visit.button("24 h").click();

    assertThat(visit.page().locator("look-ups .facts")).containsText("75%");
    assertThat(visit.button("24 h")).hasAttribute("aria-pressed", "true");
  }

  @Test
  @Tag("soak")
  void the_tab_key_reaches_everything() {
    assertThat(visit.page().locator("look-ups .facts")).isVisible();

    visit.reachesAllByTab();
  }

  @Test
  void signing_out_asks_first() {
    visit.field("User ID").fill("somebody");
    visit.button("Sign out…").click();
    var dialog = visit.page().locator("dialog");
    assertThat(dialog).containsText("somebody");
    visit.page().keyboard().press("Escape");
    assertThat(visit.page().locator(".announcement")).isEmpty();

    visit.button("Sign out…").click();
    Visit.button(dialog, "Sign out").click();

    assertThat(visit.page().locator(".announcement")).hasText("Signed out");
    assertThat(visit.field("User ID")).hasValue("");
  }

  @Test
  @Tag("soak")
  void a_run_of_another_user_appears() {
    server.post("/api/sessions/warm", "{\"count\": 7}");

    assertThat(newest()).containsText("at most 7");
    Visit.hasState(newest(), "Completed");
  }

  @Test
  @Tag("soak")
  void a_viewers_buttons_are_disabled_with_the_reason() {
    visit
        .page()
        .route(
            "**/api/session",
            route ->
                route.fulfill(
                    new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(
                            "{\"token_needed\": true, \"signed_in\": true, \"role\": \"viewer\","
                                + " \"name\": \"wall\"}")));
    visit.page().reload();

    var warm = visit.button("Warm sessions");
    assertThat(warm).isDisabled();
    assertThat(warm).hasAttribute("title", Pattern.compile("Requires the role operator"));
    assertThat(visit.button("Estimate")).isEnabled();
    assertThat(visit.page().locator("header")).containsText("wall viewer");
    for (var hash : new String[] {"#/ask", "#/documents", "#/settings"}) {
      visit.to(hash);
      assertThat(visit.page().locator("main form button[type=submit]").first()).isDisabled();
    }
  }

  @Test
  @Tag("soak")
  void a_refusal_of_the_server_is_shown() {
    visit
        .page()
        .route(
            "**/api/sessions/warm",
            route ->
                route.fulfill(
                    new Route.FulfillOptions()
                        .setStatus(403)
                        .setContentType("application/problem+json")
                        .setBody(
                            "{\"code\": \"forbidden\", \"detail\": \"This takes another role\"}")));

    visit.button("Warm sessions").click();

    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("This takes another role");
    visit.complaints().removeIf(complaint -> complaint.contains("status of 403"));
  }

  @Test
  @Tag("soak")
  void without_addresses_the_page_shows_what_to_set() {
    try (var bare = RunningServer.with(Map.of("REDIS_URL", world.redis().url()));
        var other = browser.visit(bare.port()).to("#/sessions")) {
      assertThat(other.page().locator("main pre"))
          .hasText("DATABASE_URL=postgres://user:password@host:5432/database \\\n./stoker serve");
      assertThat(other.page().locator("main")).containsText("./stoker demo");
      assertThat(
              other
                  .page()
                  .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Warm sessions")))
          .hasCount(0);
    }
  }
}
