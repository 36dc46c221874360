package io.stoker.server.console;

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

/// The layout of every page, with and without data, at desktop and phone width, in light and dark
/// mode. Screenshots are in `target/console`.
@Tag("soak")
class EveryPageTest {

  /// Pages, each with a selector that shows it is loaded.
  private static final Map<String, String> FULL =
      Map.ofEntries(
          Map.entry("#/", ".charts svg"),
          Map.entry("#/sessions", "[data-run]"),
          Map.entry("#/answers", "[data-batch]"),
          Map.entry("#/batch/2", "[data-query]"),
          Map.entry("#/ask", "form"),
          Map.entry("#/cache", ".cards tbody"),
          Map.entry("#/documents", ".cards tbody tr"),
          Map.entry("#/prompts/plans", ".transcript li"),
          Map.entry("#/armed", "[data-conversation]"),
          Map.entry("#/ledger?period=30", ".chart svg"),
          Map.entry("#/settings", ".facts"));

  private static final Map<String, String> EMPTY =
      Map.of(
          "#/", ".charts",
          "#/sessions", "pre",
          "#/answers", "main .hint",
          "#/cache", ".facts",
          "#/documents", ".cards tbody tr",
          "#/prompts", ".warming",
          "#/armed", "main p",
          "#/ledger", "money-budgets li",
          "#/settings", ".facts");

  private static BusyServer busy;
  private static RunningServer idle;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path folder) {
    busy = BusyServer.in(folder);
    idle = RunningServer.with(Map.of());
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    busy.close();
    idle.close();
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "1280, DARK", "390, LIGHT", "390, DARK"})
  void everything_fits_and_can_be_read(int width, ColorScheme scheme) {
    FULL.forEach((hash, content) -> look(busy.server(), hash, content, width, scheme, "full"));
  }

  @ParameterizedTest
  @CsvSource({"1280, DARK", "390, LIGHT"})
  void so_does_a_server_that_has_done_nothing_yet(int width, ColorScheme scheme) {
    EMPTY.forEach((hash, content) -> look(idle, hash, content, width, scheme, "empty"));
  }

  private static void look(
      RunningServer server,
      String hash,
      String content,
      int width,
      ColorScheme scheme,
      String state) {
    try (var visit = browser.visit(server.port(), width).by(scheme).to(hash)) {
      if (content.equals(".charts svg")) {
        visit.page().waitForSelector(".job");
        BusyServer.giveHistory(visit.page());
      }
      visit.page().waitForSelector(content);
      var name = hash.replaceAll("[^a-z]+", "-").replaceAll("^-|-$", "");
      visit.wholePicture(
          "look-"
              + state
              + "-"
              + (name.isEmpty() ? "overview" : name)
              + "-"
              + width
              + "-"
              + scheme);
      visit.fits(width);
    }
  }
}
