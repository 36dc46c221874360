package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.stoker.server.RunningServer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The policy, budget and costs of a conversation beside its chat.
class PolicyPanelTest {

  private static final String CONVERSATIONS = "/api/prompts/conversations/";

  /// Some 2,500 tokens, so that a warm costs a visible amount.
  private static final String LONG = "This is said at length. ".repeat(400);

  private static RunningServer server;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "20ms",
                "STOKER_PROMPTS_SIMULATOR_TTL", "5s"));
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void come() {
    visit = browser.visit(server.port()).to("#/prompts");
    assertThat(visit.page().locator(".due")).hasText("Paused");
  }

  @AfterEach
  void leave() {
    visit.close();
    for (var armed :
        server.get("/api/prompts/conversations?enabled=true").json().path("conversations")) {
      server.post("/conversations/" + armed.path("id").asString() + "/close", "");
    }
  }

  private void say(String text) {
    visit.page().getByLabel("Message").fill(text);
    visit.page().keyboard().press("Enter");
    assertThat(visit.page().getByLabel("Message")).hasValue("");
    assertThat(visit.page().locator(".end")).containsText("Last turn");
  }

  private void enable() {
    visit.page().getByLabel("Enabled").check();
  }

  private void choose(String policy) {
    visit.page().getByLabel("Policy").selectOption(policy);
    assertThat(visit.page().locator(".announcement")).hasText("Policy set to " + policy);
  }

  private void setInterval(String seconds) {
    visit.field("Refresh Interval").fill(seconds);
    visit.button("Set").click();
  }

  private void awaitWarms(int count) {
    assertThat(visit.page().locator(".warms tbody tr").nth(count - 1))
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(15_000));
  }

  private Locator fact(String name) {
    var exactly = Pattern.compile("^" + name + "$");
    return visit
        .page()
        .locator("warming-policy .facts div")
        .filter(
            new Locator.FilterOptions()
                .setHas(visit.page().locator("dt", new Page.LocatorOptions().setHasText(exactly))))
        .locator("dd");
  }

  private String id() {
    return visit.page().url().replaceFirst(".*#/prompts/", "");
  }

  private static JsonNode conversation(String id) {
    return server.get(CONVERSATIONS + id).json();
  }

  @Test
  void a_policy_is_chosen_and_explains_its_decisions() {
    var policy = visit.page().getByLabel("Policy");
    assertThat(policy).hasValue("inherit");
    say(LONG);
    assertThat(policy.locator("option").first()).hasText("Server default: interval");
    enable();

    choose("adaptive");

    assertThat(visit.page().locator("#policy-why")).containsText("needed for one alone");
    assertThat(visit.page().locator(".warming > .why")).containsText("Left alone");
    assertThat(visit.field("Refresh Interval")).hasCount(0);
    assertThat(visit.page().locator(".due")).hasText("Waiting");
    assertThat(conversation(id()).path("own_mode").asString()).isEqualTo("adaptive");
    visit.page().reload();
    assertThat(policy).hasValue("adaptive");
    policy.selectOption("inherit");
    assertThat(visit.page().locator(".due")).hasText(Pattern.compile("Next warm in .*"));
    assertThat(visit.field("Refresh Interval")).isVisible();
    assertThat(conversation(id()).path("own_mode").isNull()).isTrue();
  }

  @Test
  @Tag("soak")
  void a_policy_can_be_chosen_before_the_first_message() {
    choose("off");
    enable();

    say("Hello");

    assertThat(visit.page().getByLabel("Policy")).hasValue("off");
    assertThat(visit.page().locator(".warming > .why")).containsText("the policy is off");
  }

  @Test
  @Tag("soak")
  void a_policy_chosen_in_another_window_is_shown() {
    say("Shared");
    assertThat(visit.page().getByLabel("Policy").locator("option").first())
        .containsText("interval");

    server.put(CONVERSATIONS + id() + "/warming", "{\"mode\": \"off\"}");

    assertThat(visit.page().getByLabel("Policy")).hasValue("off");
  }

  @Test
  @Tag("soak")
  void a_resting_conversation_is_listed_with_its_reason() {
    say(LONG);
    enable();
    choose("adaptive");

    visit.link("Warming").click();

    var row = visit.page().locator("[data-conversation='" + id(visit) + "']");
    assertThat(row.locator(".badge", new Locator.LocatorOptions().setHasText("Resting")))
        .isVisible();
    assertThat(row).containsText("Left alone");
    assertThat(row).containsText(Pattern.compile("adaptive\\s*warms sent: 0"));
    assertThat(row).containsText("$0.0000 net");
  }

  private static String id(Visit visit) {
    var href = visit.page().locator("[data-conversation] a").first().getAttribute("href");
    return href.replaceFirst(".*#/prompts/", "");
  }

  @Test
  @Tag("soak")
  void costs_and_savings_are_shown_here_and_in_the_ledger() {
    setInterval("1");
    enable();
    say(LONG);
    awaitWarms(6);
    assertThat(fact("Warms since the last turn"))
        .hasText(Pattern.compile("([6-9]|1\\d) for \\$0\\.00\\d\\d"));

    say("And now?");

    assertThat(fact("Saved")).hasText(Pattern.compile("\\$0\\.00[23]\\d"));
    assertThat(fact("Net")).hasText(Pattern.compile("\\$0\\.00[12]\\d"));
    assertThat(fact("Wasted")).hasText("$0.0000");
    assertThat(fact("Warms since the last turn")).hasText("None");
    var saved = fact("Saved").innerText();
    visit.link("View in ledger").click();
    assertThat(visit.page().locator(".filter")).containsText("This is said at length");
    assertThat(visit.page().locator(".figures")).containsText(saved);
  }

  @Test
  @Tag("soak")
  void the_price_of_the_next_message_follows_the_clock() {
    say(LONG);

    assertThat(fact("Next message"))
        .hasText(Pattern.compile("\\$0\\.0002 now\\s+for [1-5] s, then \\$0\\.003\\d"));
    assertThat(fact("Next message"))
        .hasText(
            Pattern.compile("\\$0\\.003\\d now\\s+prompt not cached"),
            new LocatorAssertions.HasTextOptions().setTimeout(15_000));
    assertThat(fact("Cache lifetime")).hasText("Standard");
  }

  @Test
  @Tag("soak")
  void a_budget_is_validated_set_and_removed() {
    say("Something");
    var budget = visit.field("Daily budget");
    for (var wrong : List.of("two", "-1", "1,50", "0.0000001")) {
      budget.fill(wrong);
      budget.press("Enter");
      assertThat(visit.page().locator("#budget-refusal"))
          .containsText("Expected dollars such as 2.50");
      assertThat(budget).hasAttribute("aria-invalid", "true");
    }

    budget.fill("2.5");
    budget.press("Enter");

    assertThat(budget).hasValue("2.50");
    assertThat(visit.page().locator("#budget-refusal")).isEmpty();
    assertThat(conversation(id()).path("daily_budget_micros").asLong()).isEqualTo(2_500_000);
    visit.page().reload();
    assertThat(budget).hasValue("2.50");
    budget.fill("");
    budget.press("Enter");
    assertThat(visit.page().locator(".announcement")).hasText("Budget removed");
    assertThat(conversation(id()).path("daily_budget_micros").isNull()).isTrue();
  }

  @Test
  @Tag("soak")
  void a_used_up_budget_stops_the_warming_with_a_reason() {
    setInterval("1");
    visit.field("Daily budget").fill("0.0007");
    visit.button("Set budget").click();
    enable();
    say(LONG);

    assertThat(visit.page().locator(".warming > .why"))
        .containsText("Stopped; the daily budget of this conversation");

    assertThat(visit.page().locator(".due")).hasText("Waiting");
    long spent = conversation(id()).at("/money/spent_micros").asLong();
    assertThat(spent).isBetween(1L, 700L);
    visit.link("Warming").click();
    assertThat(visit.page().locator("[data-conversation]"))
        .containsText("Stopped; the daily budget of this conversation");
  }

  @Test
  @Tag("soak")
  void the_server_gets_hints_about_the_focus() {
    say("Do I look?");
    enable();
    choose("adaptive");
    awaitFocus(id(), true);

    hide(true);
    awaitFocus(id(), false);

    hide(false);
    awaitFocus(id(), true);
    say("And after another turn?");
    awaitFocus(id(), true);
    var id = id();
    visit.link("Warming").click();
    awaitFocus(id, false);
  }

  private void awaitFocus(String id, boolean focused) {
    await()
        .untilAsserted(() -> {
          var known = conversation(id).at("/idle/focused");
          assertThat(known.isBoolean() && known.asBoolean() == focused).isTrue();
        });
  }

  /// Simulates switching to another browser tab, or back.
  private void hide(boolean hidden) {
    visit
        .page()
        .evaluate(
            "hidden => {"
                + " Object.defineProperty(document, 'visibilityState',"
                + " { value: hidden ? 'hidden' : 'visible', configurable: true });"
                + " document.dispatchEvent(new Event('visibilitychange')); }",
            hidden);
  }

  @Test
  @Tag("soak")
  void no_hints_are_sent_unless_the_policy_is_adaptive() {
    setInterval("1");
    enable();
    say("Warmed by interval");
    awaitWarms(1);
    var first = id();
    visit.button("New conversation").click();
    say("Weighed");
    enable();
    choose("adaptive");
    awaitFocus(id(), true);

    visit.link("Warming").click();
    assertThat(visit.page().locator("[data-conversation]")).hasCount(2);
    assertThat(visit.requests())
        .filteredOn(address -> address.endsWith("/hint"))
        .noneMatch(address -> address.contains(first))
        .hasSize(2);
  }

  @Test
  @Tag("soak")
  void a_failed_hint_is_ignored() {
    visit.page().route("**/hint", route -> route.abort());
    say("Nobody minds");
    enable();
    choose("adaptive");

    visit.page().waitForCondition(() -> visit.complaints().toString().contains("net::ERR"));

    assertThat(visit.page().locator("main .problem")).hasCount(0);
    visit.complaints().removeIf(complaint -> complaint.contains("net::ERR"));
  }

  @Test
  @Tag("soak")
  void the_policy_is_chosen_with_the_keyboard_on_a_phone() {
    try (var phone = browser.visit(server.port(), 390).to("#/prompts")) {
      assertThat(phone.page().locator(".due")).hasText("Paused");
      phone.page().locator(".warming > summary").press("Enter");
      var policy = phone.page().getByLabel("Policy");

      policy.focus();
      phone.page().keyboard().type("a");

      assertThat(policy).hasValue("adaptive");
      phone.page().keyboard().press("Tab");
      assertThat(phone.field("Daily budget")).isFocused();
      phone.page().keyboard().type("1");
      phone.page().keyboard().press("Enter");
      assertThat(phone.field("Daily budget")).hasValue("1.00");
      assertThat(phone.page().evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    }
  }
}
