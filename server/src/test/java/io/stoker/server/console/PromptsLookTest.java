package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.stoker.server.RunningServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The layout of chats at desktop and phone width, in light and dark mode. Screenshots are in
/// `target/console`.
@Tag("soak")
class PromptsLookTest {

  private static RunningServer server;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path folder) {
    LedgerFixture.month(folder);
    server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
                "STOKER_PROMPTS_DAILYBUDGET", "0.05",
                "STOKER_PROMPTS_TENANTS_GLOBEX_POLICY", "adaptive",
                "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "0.01"));
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "1280, DARK", "390, LIGHT", "390, DARK"})
  void everything_fits_and_can_be_read(int width, ColorScheme scheme) {
    var name = width + "-" + scheme;
    try (var visit = browser.visit(server.port(), width)) {
      visit.by(scheme).to("#/prompts");
      visit.page().getByLabel("Model").selectOption("simulator/thinking");
      visit.page().getByLabel("Message").fill("Why " + "so".repeat(400) + " long?");
      visit.button("Send").click();
      assertThat(visit.page().locator(".end")).containsText("Last turn");
      if (!visit.page().getByLabel("Enabled").isVisible()) {
        visit.page().getByText("Cache Warming").click();
      }
      visit.page().getByLabel("Enabled").check();
      visit.button("Warm now").click();
      assertThat(visit.page().locator(".warms tbody tr")).hasCount(1);
      assertThat(visit.page().locator(".announcement")).isVisible();
      fits(visit, width, "prompts-" + name);
      visit.page().getByLabel("Policy").selectOption("adaptive");
      assertThat(visit.page().locator("#policy-why")).containsText("chance");
      visit.field("Daily budget").fill("1.234567");
      visit.button("Set budget").click();
      assertThat(visit.page().locator("warming-policy .facts")).containsText("Next message");
      visit.page().locator("warming-policy select").scrollIntoViewIfNeeded();
      fits(visit, width, "policy-" + name);

      visit.link("Warming").click();
      assertThat(visit.page().locator("[data-conversation]").first()).isVisible();
      fits(visit, width, "armed-" + name);

      visit.to("#/ledger?period=30");
      assertThat(visit.page().locator(".chart svg")).isVisible();
      visit.page().getByText("Show as a table").click();
      fits(visit, width, "ledger-table-" + name);
      visit.page().getByText("Show as a table").click();
      fits(visit, width, "ledger-" + name);
    }
  }

  private static void fits(Visit visit, int width, String picture) {
    if (picture.startsWith("prompts")) {
      visit.picture(picture); // what is typed into sticks to the end of the window
    } else {
      visit.wholePicture(picture);
    }
    visit.fits(width);
  }
}
