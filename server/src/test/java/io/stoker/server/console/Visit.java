package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A visit of the console in a fresh browser profile. Closing it fails if the browser logged
/// errors.
final class Visit implements AutoCloseable {

  /// Finds texts with too little contrast, by the formula of WCAG 2.2.
  private static final String PALE =
      """
      () => {
        const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const rgba = (colour) => {
          pen.clearRect(0, 0, 1, 1);
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
          const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
          return { rgb: [r, g, b], a: a / 255 };
        };
        const behind = (element) => {
          let seen = [0, 0, 0];
          const layers = [];
          for (let e = element; e; e = e.parentElement) {
            layers.push(rgba(getComputedStyle(e).backgroundColor));
          }
          for (const { rgb, a } of layers.reverse()) {
            seen = seen.map((part, i) => part * (1 - a) + rgb[i] * a);
          }
          return seen;
        };
        const light = (rgb) => rgb
          .map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
          .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
        const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '';
        return [...document.body.querySelectorAll('*')]
          .filter((e) => [...e.childNodes].some(isText) && e.checkVisibility() && !e.closest(':disabled'))
          .map((e) => {
            const [one, other] = [light(rgba(getComputedStyle(e).color).rgb), light(behind(e))];
            const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            return `${contrast.toFixed(2)} ${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`;
          })
          .filter((found) => Number.parseFloat(found) < 4.5);
      }
      """;

  private static final String CAN_HAVE_FOCUS =
      "a:visible, button:enabled:visible, input:enabled:visible, select:visible, textarea:visible,"
          + " summary:visible";

  private static final String OUTLINE = "getComputedStyle(document.activeElement).outlineStyle";
  private static final String REACHED =
      "(window.reached ??= new Set()).add(document.activeElement).size";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final BrowserContext context;
  private final Page page;
  private final String url;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  Visit(Browser browser, String url, int width) {
    this.url = url;
    this.context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, 800)
                .setIgnoreHTTPSErrors(true)); // certificates of tests are signed by nobody
    this.page = context.newPage();
    page.setDefaultTimeout((double) PATIENCE.toMillis());
    PlaywrightAssertions.setDefaultAssertionTimeout((double) PATIENCE.toMillis());
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onRequest(request -> requests.add(request.url()));
  }

  /// Opens a page, such as `#/ask`, and waits until it is loaded.
  Visit to(String hash) {
    page.navigate(url + hash);
    page.waitForSelector("main h1");
    return this;
  }

  /// In light or dark mode, without animations.
  Visit by(ColorScheme scheme) {
    page.emulateMedia(
        new Page.EmulateMediaOptions()
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE));
    return this;
  }

  /// Asserts that nothing is wider than the window, and that all texts have enough contrast.
  void fits(int width) {
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
    assertThat(page.evaluate(PALE)).isEqualTo(List.of());
  }

  /// Asserts that the Tab key reaches every control, with a visible focus.
  void reachesAllByTab() {
    int expected = page.locator(CAN_HAVE_FOCUS).count();
    Object reached = 0;
    for (int i = 0; i < expected; i++) {
      page.keyboard().press("Tab");
      assertThat(page.evaluate(OUTLINE)).isEqualTo("solid");
      reached = page.evaluate(REACHED);
    }
    assertThat(reached).isEqualTo(expected);
  }

  Page page() {
    return page;
  }

  /// Errors in the browser's console, such as violations of the content security policy.
  List<String> complaints() {
    return complaints;
  }

  /// Every URL requested.
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

  /// The field whose label begins with these words, used as a regular expression.
  Locator field(String label) {
    return page.getByLabel(Pattern.compile("^\\s*" + label));
  }

  /// Enters questions, waits for the preview, and queues them under a name.
  Locator queue(String name, int expected, String... questions) {
    field("Questions, one per line").fill(String.join("\n", questions));
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

  /// Takes a screenshot of the visible part.
  void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "console", name + ".png")));
  }

  /// Takes a screenshot of the whole page.
  void wholePicture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target", "console", name + ".png")));
  }

  /// Closes the browser, and asserts that its console has no errors.
  @Override
  public void close() {
    context.close();
    assertThat(complaints).isEmpty();
  }
}
