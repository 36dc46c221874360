package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.stoker.server.RunningServer;
import io.stoker.testing.TcpProxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Chats and their warming panels in the browser.
class PromptsPageTest {

  private static final String CONVERSATIONS = "/api/prompts/conversations/";
  private static final Pattern COUNTDOWN = Pattern.compile("Next warm in 0:(0[1-9]|[1-5]\\d)");
  private static final JsonMapper JSON = new JsonMapper();

  /// Records the frames that sockets receive, with their times, and the frames they send.
  private static final String LISTEN_IN =
      """
      window.frames_heard = [];
      window.frames_sent = [];
      window.WebSocket = class extends WebSocket {
        constructor(...given) {
          super(...given);
          this.addEventListener('message', ({ data }) =>
            frames_heard.push(JSON.stringify({ at: Date.now(), frame: JSON.parse(data) })));
        }
        send(frame) {
          frames_sent.push(frame);
          super.send(frame);
        }
      };
      """;

  /// Records every text that the countdown shows.
  private static final String WATCH_COUNTDOWN =
      """
      window.shown = [];
      const look = () => {
        const text = document.querySelector('.due')?.textContent.trim();
        if (text !== shown.at(-1)) shown.push(text);
      };
      look();
      new MutationObserver(look).observe(document.querySelector('prompts-page'),
        { childList: true, characterData: true, subtree: true });
      """;

  private static RunningServer server;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "10ms",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "50ms"));
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void come() {
    visit = browser.visit(server.port());
    visit.page().addInitScript(LISTEN_IN);
    visit.to("#/prompts");
    assertThat(countdown(visit)).hasText("Paused");
  }

  @AfterEach
  void leave() {
    visit.close();
    for (var armed :
        server.get("/api/prompts/conversations?enabled=true").json().path("conversations")) {
      server.post("/conversations/" + armed.path("id").asString() + "/close", "");
    }
  }

  private static Locator countdown(Visit visit) {
    return visit.page().locator(".due");
  }

  private static Locator said(Visit visit, String role) {
    return visit.page().locator(".transcript li." + role);
  }

  private void say(String text) {
    visit.page().getByLabel("Message").fill(text);
    visit.page().keyboard().press("Enter");
  }

  private void sayAndHear(String text) {
    say(text);
    assertThat(visit.page().locator(".end")).containsText("Last turn");
  }

  private void setInterval(String seconds) {
    visit.field("Refresh Interval").fill(seconds);
    visit.button("Set").click();
  }

  private void enable() {
    visit.page().getByLabel("Enabled").check();
  }

  private Locator warms() {
    return visit.page().locator(".warms tbody tr");
  }

  private void awaitWarms(int count) {
    assertThat(warms().nth(count - 1))
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(15_000));
  }

  /// The selected conversation.
  private String id() {
    return visit.page().url().replaceFirst(".*#/prompts/", "");
  }

  private static JsonNode conversation(String id) {
    return server.get(CONVERSATIONS + id).json();
  }

  private Locator tab(String title) {
    return visit
        .page()
        .getByLabel("Conversations")
        .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(title));
  }

  @Test
  void an_answer_streams_and_survives_a_reload() {
    visit.page().getByLabel("Model").selectOption("simulator/thinking");

    say("What is a prefix?");

    assertThat(visit.button("Answering…")).isDisabled();
    assertThat(said(visit, "user")).containsText("What is a prefix?");
    assertThat(visit.page().locator(".end")).containsText("Last turn");
    assertThat(visit.page().getByLabel("Message")).hasValue("");
    var deltas =
        heard(visit).stream().filter(heard -> heard.toString().contains("text-delta")).count();
    assertThat(deltas).isGreaterThan(10);

    visit.page().reload();

    assertThat(said(visit, "user")).containsText("What is a prefix?");
    assertThat(said(visit, "assistant").last()).containsText("This answer is simulated");
    assertThat(visit.page().locator(".folded .text")).isHidden();
    visit.page().getByText("Reasoning").click();
    assertThat(visit.page().locator(".folded .text")).containsText("This thought is simulated");
    assertThat(tab("What is a prefix?")).isVisible();
    assertThat(visit.page().getByLabel("Model")).hasValue("simulator/thinking");
  }

  /// The frames received so far.
  private static List<JsonNode> heard(Visit visit) {
    var frames = (List<?>) visit.page().evaluate("frames_heard");
    return frames.stream().map(frame -> JSON.readTree(String.valueOf(frame))).toList();
  }

  @Test
  void two_warms_are_shown_and_the_countdown_is_never_negative() {
    visit.page().evaluate(WATCH_COUNTDOWN);
    sayAndHear("How long is a prompt kept?");

    setInterval("2");
    enable();
    awaitWarms(2);

    assertThat(visit.page().locator(".warming > .facts .grade")).hasText("100 %, good");
    var due =
        heard(visit).stream()
            .filter(heard -> heard.at("/frame/type").asString().equals("update"))
            .filter(heard -> timer(heard).path("nextWarmAt").isNumber())
            .toList();
    assertThat(due)
        .hasSizeGreaterThan(2)
        .allSatisfy(heard ->
            assertThat(timer(heard).path("nextWarmAt").asLong())
                .isGreaterThan(heard.path("at").asLong()));
    var shown = (List<?>) visit.page().evaluate("shown");
    assertThat(shown)
        .extracting(Objects::toString)
        .contains("Paused")
        .anyMatch(text -> COUNTDOWN.matcher(text).matches())
        .allMatch(text ->
            COUNTDOWN.matcher(text).matches()
                || List.of("Paused", "Waiting", "Warming…").contains(text));
  }

  @Test
  @Tag("soak")
  void the_switch_sends_each_change_and_shows_the_confirmed_state() {
    var enabled = visit.page().getByLabel("Enabled");
    enabled.check();
    enabled.uncheck();
    enabled.check();

    assertThat(countdown(visit)).hasText(Pattern.compile("Next warm in (4:00|3:\\d\\d)"));
    assertThat(enabled).isChecked();
    var sent = (List<?>) visit.page().evaluate("frames_sent");
    assertThat(sent)
        .extracting(frame -> JSON.readTree(String.valueOf(frame)))
        .filteredOn(frame -> frame.path("type").asString().equals("invoke"))
        .extracting(frame -> frame.path("payload").asBoolean())
        .containsExactly(true, false, true);
    assertThat(conversation(id()).path("enabled").asBoolean()).isTrue();
  }

  private static JsonNode timer(JsonNode heard) {
    for (var field : heard.at("/frame/update/spec/fields")) {
      if (field.path("rendererId").asString().equals("cache-warming-timer")) {
        return field.path("payload");
      }
    }
    return JSON.nullNode();
  }

  @Test
  @Tag("soak")
  void the_countdown_is_right_although_the_browsers_clock_is_wrong() {
    try (var late = browser.visit(server.port())) {
      late.page().addInitScript("const now = Date.now; Date.now = () => now() - 3_600_000;");
      late.to("#/prompts");
      var due = countdown(late);
      assertThat(due).hasText("Paused");

      late.page().getByLabel("Enabled").check();

      assertThat(due).hasText(Pattern.compile("Next warm in (4:00|3:5\\d)"));
      late.button("Close conversation").click();
      assertThat(due).hasText("Paused");
    }
  }

  @Test
  @Tag("soak")
  void closing_a_tab_aborts_the_answer_and_ends_warming() {
    visit.page().getByLabel("Model").selectOption("simulator/long");
    enable();
    assertThat(countdown(visit)).hasText(Pattern.compile("Next warm in .*"));
    say("Say all you know.");
    assertThat(said(visit, "assistant")).isVisible();
    var id = id();
    assertThat(countdown(visit)).hasText("Waiting");
    try (var other = browser.visit(server.port()).to("#/prompts/" + id)) {
      assertThat(said(other, "assistant")).isVisible();
      assertThat(other.button("Answering…")).isDisabled();

      visit.button("Close Say all you know.").click();

      assertThat(visit.page().locator(".announcement")).containsText("answer aborted");
      assertThat(other.page().locator(".end")).containsText("Answer aborted");
      assertThat(countdown(other)).hasText("Paused");
    }
    assertThat(tab("Say all you know.")).isHidden();
    assertThat(conversation(id).path("enabled").asBoolean()).isFalse();
    assertThat(conversation(id).path("activity").asString()).isEqualTo("idle");
  }

  @Test
  @Tag("soak")
  void a_closed_conversation_can_be_reopened_and_is_not_warmed() {
    enable();
    sayAndHear("What stays?");
    var id = id();

    visit.button("Close conversation").click();
    assertThat(said(visit, "user")).hasCount(0);
    visit.page().getByText("Reopen").click();

    assertThat(said(visit, "user")).containsText("What stays?");
    assertThat(countdown(visit)).hasText("Paused");
    assertThat(visit.page().getByLabel("Enabled")).not().isChecked();
    assertThat(id()).isEqualTo(id);
  }

  @Test
  @Tag("soak")
  void a_conversation_is_deleted_only_after_confirmation() {
    sayAndHear("Forget me");
    var id = id();
    var dialog = visit.page().locator("dialog");

    visit.button("Delete conversation").click();
    assertThat(dialog).containsText("All its messages are deleted");
    Visit.button(dialog, "Go back").click();
    assertThat(said(visit, "user")).containsText("Forget me");
    visit.button("Delete conversation").click();
    Visit.button(dialog, "Delete conversation").click();

    assertThat(visit.page().locator(".announcement")).containsText("“Forget me” deleted");
    assertThat(tab("Forget me")).isHidden();
    assertThat(server.get(CONVERSATIONS + id).status()).isEqualTo(404);
    assertThat(server.get("/conversations/" + id).json().path("chunks").size()).isZero();
  }

  @Test
  @Tag("soak")
  void two_tabs_are_two_conversations() {
    visit.page().getByLabel("Model").selectOption("simulator/long");
    say("The first");
    assertThat(tab("The first")).containsText("answering…");
    visit.button("New conversation").click();
    assertThat(visit.page().getByLabel("Message")).isFocused();
    sayAndHear("The second");

    assertThat(said(visit, "user")).hasCount(1);
    assertThat(tab("The first")).containsText("answering…");
    tab("The first").click();
    assertThat(said(visit, "user")).containsText("The first");
    assertThat(visit.button("Answering…")).isDisabled();
    visit.page().reload();

    assertThat(said(visit, "user")).containsText("The first");
    assertThat(visit.button("Answering…")).isDisabled();
    tab("The second").click();
    assertThat(said(visit, "assistant")).containsText("This answer is simulated");
    visit.button("Close The first").click();
    assertThat(tab("The first")).isHidden();
    assertThat(said(visit, "user")).containsText("The second");
  }

  @Test
  @Tag("soak")
  void warming_continues_when_the_browser_is_closed() {
    String id;
    try (var guest = browser.visit(server.port()).to("#/prompts")) {
      guest.page().getByLabel("Message").fill("Keep this.");
      guest.button("Send").click();
      assertThat(guest.page().locator(".end")).containsText("Last turn");
      guest.field("Refresh Interval").fill("1");
      guest.button("Set").click();
      guest.page().getByLabel("Enabled").check();
      assertThat(guest.page().locator(".warms tbody tr").first()).isVisible();
      id = guest.page().url().replaceFirst(".*#/prompts/", "");
    }
    int before = warmsOf(id);

    await().until(() -> warmsOf(id) > before + 1);

    assertThat(conversation(id).path("enabled").asBoolean()).isTrue();
  }

  private static int warmsOf(String id) {
    return server.get(CONVERSATIONS + id + "/warms").json().path("warms").size();
  }

  @Test
  @Tag("soak")
  void a_manual_warm_reports_the_tokens_read() {
    sayAndHear("What is read?");

    visit.button("Warm now").click();
    awaitWarms(1);

    assertThat(visit.page().locator(".announcement")).containsText("tokens read");
    assertThat(warms().first()).containsText("manual");
    assertThat(countdown(visit)).hasText("Paused");
  }

  @Test
  @Tag("soak")
  void a_manual_warm_is_disabled_before_the_first_message() {
    assertThat(visit.button("Warm now")).isDisabled();
    assertThat(visit.page().locator(".warming")).containsText("nothing to keep warm");
  }

  @Test
  @Tag("soak")
  void a_failed_warm_is_shown_with_its_reason_and_stops_the_schedule() {
    openWithModel("simulator/none");
    say("Does this model exist?");
    assertThat(visit.page().locator(".transcript .problem")).containsText("check its key");

    setInterval("1");
    enable();
    awaitWarms(1);

    assertThat(warms().first()).containsText("Failed the simulator has no model named none");
    assertThat(countdown(visit)).hasText("Waiting");
    assertThat(visit.page().locator(".warming > .why")).containsText("the provider refuses");
    assertThat(visit.page().locator(".warming > .facts")).containsText("Last failure");
    visit.link("Warming").click();
    var row = visit.page().locator("[data-conversation]");
    assertThat(row).containsText("Failed the simulator has no model named none");
    assertThat(row.locator(".due")).hasText("Waiting");
  }

  /// Opens a conversation with a stored tab that has this model.
  private void openWithModel(String model) {
    visit
        .page()
        .evaluate(
            "model => localStorage.setItem('stoker.tabs',"
                + " JSON.stringify([{ id: 'with-' + model.replace('/', '-'), title: 'Remembered', model }]))",
            model);
    visit.page().reload();
    visit.link("Remembered").click();
    assertThat(visit.page().getByLabel("Model")).hasValue(model);
  }

  @Test
  @Tag("soak")
  void an_invalid_interval_is_refused_with_a_message() {
    for (var wrong : List.of("0", "1.5", "86401", "")) {
      setInterval(wrong);
      assertThat(visit.page().locator("#interval-refusal"))
          .containsText("Expected whole seconds from 1 to 86,400");
    }

    setInterval("400");

    assertThat(visit.page().locator("#interval-refusal")).isEmpty();
    assertThat(visit.page().locator(".warming > .facts"))
        .containsText("cache will expire before the next warm");
    assertThat(visit.field("Refresh Interval")).hasValue("400");
  }

  @Test
  @Tag("soak")
  void a_failed_turn_shows_advice_and_restores_the_message() {
    openWithModel("nobody/nothing");

    say("Is anybody there?");

    assertThat(visit.page().locator(".transcript .problem")).containsText("Choose another model");
    assertThat(visit.page().getByLabel("Message")).hasValue("Is anybody there?");
    visit.page().getByLabel("Model").selectOption("simulator/small");
    visit.button("Send").click();
    assertThat(said(visit, "assistant").last()).containsText("This answer is simulated");
  }

  @Test
  @Tag("soak")
  void a_lost_connection_is_shown_and_missed_messages_are_loaded() {
    try (var proxy = TcpProxy.to(server.port());
        var guest = browser.visit(proxy.port()).to("#/prompts")) {
      assertThat(countdown(guest)).hasText("Paused");
      var id = guest.page().url().replaceFirst(".*#/prompts/", "");
      var lost = guest.page().getByText("Answers and warming continue on the server");

      proxy.cut();
      assertThat(lost).isVisible();
      assertThat(countdown(guest)).hasText("Unknown");
      assertThat(guest.page().getByLabel("Enabled")).isDisabled();
      visit.to("#/prompts/" + id);
      sayAndHear("Said meanwhile");
      proxy.restore();

      assertThat(lost).isHidden();
      assertThat(said(guest, "user")).containsText("Said meanwhile");
      assertThat(said(guest, "assistant")).containsText("This answer is simulated");
      assertThat(countdown(guest)).hasText("Paused");
      guest
          .complaints()
          .removeIf(complaint -> complaint.contains("net::ERR") || complaint.contains("WebSocket"));
    }
  }

  @Test
  @Tag("soak")
  void a_tab_closed_in_another_window_closes_here() {
    sayAndHear("In both windows");
    visit.button("New conversation").click();
    sayAndHear("In front");
    var window = visit.page().context().newPage();
    window.navigate(visit.page().url());
    assertThat(window.locator(".transcript")).containsText("In front");

    window.getByLabel("Close In front").click();

    assertThat(tab("In front")).isHidden();
    assertThat(said(visit, "user")).containsText("In both windows");
  }

  @Test
  @Tag("soak")
  void with_a_token_chats_require_signing_in() {
    var token = "correct-horse-battery-staple";
    try (var guarded = RunningServer.with(Map.of("STOKER_TOKEN", token));
        var guest = browser.visit(guarded.port()).to("#/prompts")) {
      guest.field("Token").fill(token);
      guest.button("Sign in").click();
      guest.page().getByLabel("Message").fill("Am I known?");
      guest.button("Send").click();

      assertThat(said(guest, "assistant")).containsText("This answer is simulated");
      assertThat(guest.requests()).noneMatch(address -> address.contains(token));
    }
  }

  @Test
  @Tag("soak")
  void the_simulator_is_labelled() {
    assertThat(visit.page().locator(".simulated")).containsText("no model reads your messages");
  }

  @Test
  void conversations_kept_warm_are_listed_and_can_be_stopped() {
    visit.to("#/armed");
    assertThat(visit.page().locator("main")).containsText("No conversation is kept warm");
    visit.link("Open one").click();
    sayAndHear("To be listed");
    setInterval("1");
    enable();
    awaitWarms(2);
    var id = id();

    visit.link("Warming").click();

    var row =
        visit
            .page()
            .locator("[data-conversation]", new Page.LocatorOptions().setHasText("To be listed"));
    assertThat(row).containsText("simulator");
    assertThat(row).containsText(Pattern.compile("100 % retained, good\\s+\\d s ago"));
    assertThat(row.locator(".due")).hasText(Pattern.compile("in 0:01|Warming…"));
    visit.button("Stop warming To be listed").click();
    assertThat(row).isHidden();
    assertThat(conversation(id).path("enabled").asBoolean()).isFalse();
    assertThat(visit.page().locator("main")).containsText("No conversation is kept warm");
  }
}
