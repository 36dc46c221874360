package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One person at the console, who has not been there before.
final class Visit implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final BrowserContext context;
  private final Page page;
  private final String url;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  Visit(Browser browser, int port, int width) {
    this.url = "http://127.0.0.1:" + port + "/";
    this.context = browser.newContext(new Browser.NewContextOptions().setViewportSize(width, 800));
    this.page = context.newPage();
    page.setDefaultTimeout((double) PATIENCE.toMillis());
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onRequest(request -> requests.add(request.url()));
  }

  /// Goes to a page, such as `#/ask`, and waits until it is there.
  Visit to(String hash) {
    page.navigate(url + hash);
    page.waitForSelector("main h1");
    return this;
  }

  Page page() {
    return page;
  }

  /// What the browser complained of, such as breaches of the content security policy.
  List<String> complaints() {
    return complaints;
  }

  /// Every address that was asked for.
  List<String> requests() {
    return requests;
  }

  Locator button(String name) {
    return button(page.locator("body"), name);
  }

  Locator link(String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  static Locator button(Locator within, String name) {
    return within.getByRole(
        AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
  }

  /// The field whose label begins with these words, which hold nothing that a pattern would mind.
  Locator field(String label) {
    return page.getByLabel(Pattern.compile("^\\s*" + label));
  }

  /// Types questions, waits for the preview, and queues them under a name.
  Locator queue(String name, int expected, String... questions) {
    field("Questions, one a line").fill(String.join("\n", questions));
    field("Name").fill(name);
    button("Queue " + expected + (expected == 1 ? " question" : " questions")).click();
    return batch(name);
  }

  /// The rows of a batch in the queue.
  Locator batch(String name) {
    return page.locator("tbody[data-batch]", new Page.LocatorOptions().setHasText(name));
  }

  static void hasState(Locator rows, String state) {
    assertThat(rows.locator(".badge").first()).hasText(state);
  }

  /// Leaves a picture of what is seen behind.
  void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "console", name + ".png")));
  }

  /// Leaves a picture of the whole page behind, also of what is further down.
  void wholePicture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target", "console", name + ".png")));
  }

  /// Leaves, and makes sure that the browser had nothing to complain of.
  @Override
  public void close() {
    context.close();
    assertThat(complaints).isEmpty();
  }
}
