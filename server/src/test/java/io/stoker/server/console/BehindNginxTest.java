package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.server.RunningServer;
import io.stoker.testing.Nginx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The console behind a real nginx with TLS, HTTP/2 and buffering, as configured in `deploy/nginx`:
/// on a host of its own, and below a path.
@Tag("soak")
class BehindNginxTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final Path EXAMPLES = Path.of("..", "deploy", "nginx");

  private static final Map<String, String> PAGES =
      Map.of(
          "#/sessions", "pre",
          "#/answers", "[data-batch]",
          "#/cache", ".facts",
          "#/documents", ".cards tbody tr",
          "#/ask", "form",
          "#/armed", "main p",
          "#/ledger", "money-budgets li",
          "#/settings", ".facts");

  private static Browser browser;
  private RunningServer server;
  private Nginx nginx;

  @BeforeAll
  static void start() {
    assumeTrue(Nginx.isInstalled(), "there is no nginx on this machine");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void leave() {
    nginx.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"stoker.conf, /", "stoker-below-a-path.conf, /stoker/"})
  void everything_in_the_console_works(String file, String path) throws Exception {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_TOKEN", TOKEN,
                "STOKER_PROXIES", "127.0.0.1",
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms"));
    nginx = Nginx.with(EXAMPLES.resolve(file), server.port());
    var url = "https://localhost:" + nginx.port() + path;
    try (var visit = browser.visit(url).to("#/")) {
      visit.field("Token").fill(TOKEN);
      visit.button("Sign in").click();
      assertThat(visit.page().locator(".job")).hasCount(3);
      assertCookie(visit, path);

      // Progress arrives by a stream, although nginx buffers responses.
      visit.to("#/answers");
      Visit.hasState(visit.queue("Proxied", 1, "What is a lease?"), "Completed");

      // Turns and the countdown arrive by a socket.
      visit.to("#/prompts");
      visit.page().getByLabel("Message").fill("Where shall we go?");
      visit.button("Send").click();
      assertThat(visit.page().locator(".end")).containsText("Last turn");

      PAGES.forEach((hash, content) -> visit.to(hash).page().waitForSelector(content));
      visit.to("#/ledger");
      var export = visit.page().waitForDownload(() -> visit.button("Export CSV").click());
      assertThat(Files.readString(export.path())).startsWith("at,").contains("simulator");

      assertThat(
              visit
                  .page()
                  .evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol"))
          .isEqualTo("h2");
      assertThat(visit.requests()).allMatch(address -> address.startsWith(url));
      visit.page().reload();
      visit.button("Sign out").click();
      assertThat(visit.field("Token")).isVisible();
      assertThat(visit.page().context().cookies()).isEmpty();
    }
  }

  private static void assertCookie(Visit visit, String path) {
    var cookies = visit.page().context().cookies();
    assertThat(cookies).hasSize(1);
    assertThat(List.of(cookies.getFirst().secure, cookies.getFirst().httpOnly)).containsOnly(true);
    assertThat(cookies.getFirst().path).isEqualTo(path);
  }
}
