package io.stoker.testing;

import java.net.URI;

/// The npm package `@copilotkit/aimock` on a free loopback port: mock models with OpenAI's and
/// Anthropic's APIs, which its authors verify against the real providers. Confined to one thread.
public final class Aimock implements AutoCloseable {

  private static final String LISTENING = "listening ";

  private final ChildProcess process;
  private final URI uri;

  private Aimock(ChildProcess process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /// Starts it; requires [Npm#isInstalled()].
  public static Aimock start() throws InterruptedException {
    var process = ChildProcess.node("models.mjs");
    var line = String.valueOf(process.nextLine());
    if (!line.startsWith(LISTENING)) {
      process.close();
      throw new IllegalStateException("aimock did not start: " + line);
    }
    return new Aimock(process, URI.create("http://127.0.0.1:" + line.replace(LISTENING, "")));
  }

  /// Its address: `http://127.0.0.1:port`.
  public URI uri() {
    return uri;
  }

  /// Sets the response to all requests from now on.
  ///
  /// @param members the members of an aimock fixture without `match`, as JSON with ' instead of "
  public void respondWith(String members) throws InterruptedException {
    process.send("{'match':{},%s}".formatted(members).replace('\'', '"'));
    var line = String.valueOf(process.nextLine());
    if (!line.startsWith("fixtures ")) {
      throw new IllegalStateException("aimock rejected " + members + ": " + line);
    }
  }

  /// Kills it.
  @Override
  public void close() {
    process.close();
  }
}
