package io.stoker.testing;

import java.net.URI;

/// The npm package `@copilotkit/aimock` on a free port of the loopback interface: models that speak
/// OpenAI's and Anthropic's protocols, which its makers compare with the real providers. Confined
/// to one thread.
public final class Aimock implements AutoCloseable {

  private static final String LISTENING = "listening ";

  private final ChildProcess process;
  private final URI uri;

  private Aimock(ChildProcess process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /// Starts one, if [Npm#isInstalled()].
  public static Aimock start() throws InterruptedException {
    var process = ChildProcess.node("models.mjs");
    var line = String.valueOf(process.nextLine());
    if (!line.startsWith(LISTENING)) {
      process.close();
      throw new IllegalStateException("aimock did not start: " + line);
    }
    return new Aimock(process, URI.create("http://127.0.0.1:" + line.replace(LISTENING, "")));
  }

  /// Where it listens: `http://127.0.0.1:port`.
  public URI uri() {
    return uri;
  }

  /// Sets how it treats all requests from now on.
  ///
  /// @param members of a fixture of its own but for `match`, as JSON that is written with ' for "
  public void treats(String members) throws InterruptedException {
    process.send("{'match':{},%s}".formatted(members).replace('\'', '"'));
    var line = String.valueOf(process.nextLine());
    if (!line.startsWith("fixtures ")) {
      throw new IllegalStateException("aimock did not take " + members + ": " + line);
    }
  }

  /// Kills it.
  @Override
  public void close() {
    process.close();
  }
}
