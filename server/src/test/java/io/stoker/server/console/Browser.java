package io.stoker.server.console;

import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import io.stoker.server.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Map;

/// A real Chromium. Confined to one thread.
final class Browser implements AutoCloseable {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  private final Playwright playwright =
      Playwright.create(
          new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));

  private final com.microsoft.playwright.Browser chromium =
      playwright.chromium().launch(new LaunchOptions().setExecutablePath(CHROMIUM));

  /// Sets the delay after each answer.
  static void pace(RunningServer server, String delay) {
    var json = "{\"warming_delay\": \"" + delay + "\"}";
    server.send(
        server
            .request("/api/admin/warming/settings", "Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json)));
  }

  /// A console at desktop width.
  Visit visit(int port) {
    return visit(port, 1280);
  }

  /// A console at this width.
  Visit visit(int port, int width) {
    return new Visit(chromium, "http://127.0.0.1:" + port + "/", width);
  }

  /// A console at another URL, such as behind a proxy.
  ///
  /// @param url ends with a slash
  Visit visit(String url) {
    return new Visit(chromium, url, 1280);
  }

  @Override
  public void close() {
    playwright.close();
  }
}
