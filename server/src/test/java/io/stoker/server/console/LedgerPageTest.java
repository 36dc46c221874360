package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.stoker.server.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ledger page in the browser.
class LedgerPageTest {

  private static RunningServer server;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start(@TempDir Path folder) {
    LedgerFixture.fill(folder);
    server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "STOKER_PROMPTS_DAILYBUDGET", "5",
                "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "0.0001"));
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
  }

  @AfterEach
  void leave() {
    visit.close();
  }

  private void open(String hash) {
    visit.to(hash);
    assertThat(visit.page().locator(".figures")).isVisible();
  }

  private Locator figure(String name) {
    return visit.page().locator(".figures div").filter(having("dt", name));
  }

  private Locator.FilterOptions having(String element, String text) {
    var exactly = Pattern.compile("^" + text + "$");
    var part = visit.page().locator(element, new Page.LocatorOptions().setHasText(exactly));
    return new Locator.FilterOptions().setHas(part);
  }

  private Locator row(String name) {
    return visit.page().locator("tr[data-group]", new Page.LocatorOptions().setHasText(name));
  }

  @Test
  @Tag("soak")
  void an_empty_ledger_says_what_to_do_first() {
    try (var empty = RunningServer.with(Map.of());
        var guest = browser.visit(empty.port()).to("#/ledger?period=all")) {
      assertThat(guest.page().locator(".wide")).containsText("No entries yet");

      guest.link("Open a conversation").click();

      assertThat(guest.page().getByLabel("Message")).isVisible();
    }
  }

  @Test
  void the_figures_are_those_of_the_selected_period() {
    open("#/ledger");

    assertThat(figure("Spent on warms")).containsText("$0.0038");
    assertThat(figure("Saved")).containsText("$0.0138");
    assertThat(figure("Net")).containsText("$0.0100");
    assertThat(figure("Wasted")).containsText("$0.0012");
    assertThat(figure("Wasted")).containsText("1 user did not return");
    assertThat(figure("Retention")).containsText("81 %");
    assertThat(figure("Warms")).containsText("1 cache miss");
    assertThat(figure("First token, warm")).containsText("640 ms");
    assertThat(figure("First token, cold")).containsText("2.2 s");

    visit.link("All").click();

    assertThat(figure("Spent on warms")).containsText("$1,000,000.0038");
    assertThat(figure("Net")).containsText("−$999,999.9900");

    visit.link("Today").click();

    assertThat(figure("Spent on warms")).containsText("$0.0002");
    assertThat(visit.link("Today")).hasAttribute("aria-current", "true");
  }

  @Test
  @Tag("soak")
  void amounts_are_exact_to_the_last_micro_dollar() {
    visit.to("#/ledger");

    var shown =
        visit
            .page()
            .evaluate(
                """
                async () => {
                  const { dollars, exactDollars, parseDollars } = await import('/app/money.js');
                  return [
                    dollars(0), dollars(1), dollars(99), dollars(149), dollars(150), dollars(-1),
                    dollars(-1_234_567_850_000), dollars(null),
                    exactDollars(1), exactDollars(2_500_000), exactDollars(9_007_199_254_740_991),
                    parseDollars('0.000001'), parseDollars('$2.5'), parseDollars(' 4.350000000 '), parseDollars('0.29'),
                    parseDollars('2,50'), parseDollars('-1'), parseDollars('1.0000001'), parseDollars('1e3'), parseDollars('.'),
                  ].map(String);
                }
                """);

    assertThat(shown)
        .isEqualTo(
            List.of(
                "$0.0000",
                "<$0.0001",
                "<$0.0001",
                "$0.0001",
                "$0.0002",
                "−<$0.0001",
                "−$1,234,567.8500",
                "–",
                "0.000001",
                "2.50",
                "9007199254.740991",
                "1",
                "2500000",
                "4350000",
                "290000",
                "null",
                "null",
                "null",
                "null",
                "null"));
  }

  @Test
  @Tag("soak")
  void sums_are_grouped_by_conversation_tenant_provider_and_model() {
    open("#/ledger");

    assertThat(row("holiday-plans")).containsText("$0.0126");
    visit.link("Providers").click();
    assertThat(row("anthropic")).containsText("$0.0138");
    assertThat(row("simulator")).containsText("1 miss");
    visit.link("Models").click();
    assertThat(row("openai/gpt-5-mini")).containsText("−$0.0012");
    visit.link("Tenants").click();
    assertThat(row("acme")).containsText("$0.0026");
    assertThat(visit.page().locator("tr[data-group]")).hasCount(2);
  }

  @Test
  @Tag("soak")
  void a_conversation_is_opened_from_the_ledger() {
    open("#/ledger");

    visit.link("left-alone").click();

    assertThat(visit.page().getByLabel("Message")).isVisible();
    assertThat(visit.page()).hasURL(Pattern.compile("#/prompts/left-alone$"));
  }

  @Test
  void the_ledger_is_filtered_by_tenant_and_exported() throws IOException {
    open("#/ledger?by=tenant&period=all");

    visit.link("acme").click();

    assertThat(visit.page().locator(".filter")).containsText("Filter: tenant acme");
    assertThat(visit.page().locator("tr[data-group]")).hasCount(1);
    assertThat(figure("Warms")).containsText("no cache misses");
    var csv = visit.page().waitForDownload(() -> export("CSV").click());
    assertThat(csv.suggestedFilename()).endsWith(".csv");
    assertThat(Files.readAllLines(csv.path()))
        .hasSize(7)
        .allMatch(line -> line.contains("acme") || line.startsWith("at,"));
    assertThat(export("JSON")).hasAttribute("href", Pattern.compile("tenant=acme&format=json$"));
    visit.link("Show all").click();
    assertThat(visit.page().locator("tr[data-group]")).hasCount(2);
  }

  private Locator export(String format) {
    return visit
        .page()
        .getByLabel("Export all entries")
        .getByText("Export " + format, new Locator.GetByTextOptions().setExact(true));
  }

  @Test
  @Tag("soak")
  void the_period_of_an_export_is_that_of_the_page() {
    open("#/ledger?period=today");

    var href =
        String.valueOf(
            export("CSV").evaluate("({ href }) => new URL(href).pathname + new URL(href).search"));

    assertThat(href).containsPattern("from=\\d{4}-\\d\\d-\\d\\dT00%3A00%3A00\\.000Z&format=csv$");
    assertThat(server.get(href).response().body().lines()).hasSize(2);
  }

  @Test
  @Tag("soak")
  void names_that_look_like_markup_are_escaped() {
    visit.page().onDialog(dialog -> visit.complaints().add("a dialog: " + dialog.message()));
    open("#/ledger?by=tenant");

    assertThat(row("<img")).containsText(LedgerFixture.EVIL_TENANT);
    visit.link(LedgerFixture.EVIL_TENANT).click();
    assertThat(visit.page().locator(".filter")).containsText(LedgerFixture.EVIL_TENANT);
    visit
        .page()
        .getByLabel("Group by")
        .getByText("Conversations", new Locator.GetByTextOptions().setExact(true))
        .click();
    assertThat(visit.page().locator("tr[data-group]")).hasCount(1);
    assertThat(visit.page().locator("tr[data-group] a").first())
        .hasAttribute("title", LedgerFixture.EVIL_ID);
    visit.link("Filter").click();

    assertThat(visit.page().locator(".filter")).hasCount(2);
    assertThat(figure("Warms")).containsText("1 cache miss");
    assertThat(visit.page().locator("main img, main svg[onload]")).hasCount(0);
    visit.page().locator("tr[data-group] a").first().click();
    assertThat(visit.page().getByLabel("Message")).isVisible();
    assertThat(visit.page().locator("main img, main svg[onload]")).hasCount(0);
  }

  @Test
  @Tag("soak")
  void the_chart_has_a_description_and_a_table() {
    open("#/ledger");
    var chart =
        visit
            .page()
            .getByRole(
                AriaRole.IMG,
                new Page.GetByRoleOptions().setName("Saved and spent, by day: 7 days"));

    assertThat(chart).isVisible();
    assertThat(chart.locator("desc")).containsText("Highest: $0.0138 saved, $0.0012 spent");
    assertThat(chart.locator("rect.saved")).hasCount(1);
    assertThat(chart.locator("rect.spent")).hasCount(4);
    var rows = visit.page().locator("money-chart tbody tr");
    assertThat(rows.first()).isHidden();
    visit.page().getByText("Show as a table").press("Enter");
    assertThat(rows.first()).isVisible();
    assertThat(rows).hasCount(7);
    assertThat(rows.nth(3)).containsText("$0.0138");
    assertThat(rows.last()).containsText("$0.0002");
  }

  @Test
  @Tag("soak")
  void saved_is_above_the_axis_and_spent_below_on_one_scale() {
    open("#/ledger");
    var chart = visit.page().locator(".chart svg");
    var axis = number(chart.locator(".axis"), "y1");
    var saved = chart.locator("rect.saved");
    var spent = chart.locator("rect.spent").first();

    assertThat(number(saved, "y") + number(saved, "height")).isCloseTo(axis, within());
    assertThat(number(spent, "y")).isCloseTo(axis, within());
    assertThat(number(saved, "height") / number(spent, "height")).isCloseTo(11.5, within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(0.01);
  }

  private static double number(Locator element, String attribute) {
    return Double.parseDouble(String.valueOf(element.getAttribute(attribute)));
  }

  @Test
  @Tag("soak")
  void budgets_are_shown_with_todays_spending() {
    open("#/ledger");
    var budgets = visit.page().locator("money-budgets");

    var all = budgets.locator("li").first();
    assertThat(all).containsText("$0.0002 of $5.00");
    assertThat(all.locator("progress")).hasAttribute("value", "200");
    assertThat(all.locator("progress")).hasAttribute("max", "5000000");
    assertThat(all.locator(".badge")).hasCount(0);
    var acme = budgets.locator("li", new Locator.LocatorOptions().setHasText("Tenant acme"));
    assertThat(acme).containsText("$0.0002 of $0.0001");
    assertThat(acme.locator(".badge")).hasText("Used up");
    assertThat(budgets)
        .containsText(Pattern.compile("Budgets reset at midnight UTC, in \\d+ (h|min|s)"));
  }

  @Test
  @Tag("soak")
  void everything_works_with_the_keyboard() {
    open("#/ledger");

    visit.link("30 days").focus();
    visit.page().keyboard().press("Tab");
    visit.page().keyboard().press("Enter");

    assertThat(visit.link("All")).hasAttribute("aria-current", "true");
    assertThat(figure("Spent on warms")).containsText("$1,000,000.0038");
    assertThat(visit.link("All")).isFocused();
    visit.page().goBack();
    assertThat(figure("Spent on warms")).containsText("$0.0038");
  }

  @Test
  @Tag("soak")
  void a_failed_load_shows_the_error_and_keeps_the_old_figures() {
    open("#/ledger");

    visit.page().route("**/api/prompts/ledger?*", route -> route.abort());
    visit.link("30 days").click();

    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("Could not load the ledger");
    assertThat(figure("Spent on warms")).containsText("$0.0038");
    visit.complaints().removeIf(complaint -> complaint.contains("net::ERR"));
  }
}
