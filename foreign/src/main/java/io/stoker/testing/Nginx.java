package io.stoker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/// A real nginx on a free loopback port, with a file of `deploy/nginx` or your own configuration.
/// Confined to one thread.
public final class Nginx implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// The main configuration: one process that writes only to its own folder.
  private static final String MAIN =
      """
      daemon off;
      master_process off;
      pid nginx.pid;
      error_log error.log info;
      events {}
      http {
        access_log access.log;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        include site.conf;
      }
      """;

  private final Path folder;
  private final Process process;
  private final int port;

  private Nginx(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /// Whether nginx is installed.
  public static boolean isInstalled() {
    return program().isPresent();
  }

  private static Optional<Path> program() {
    return Stream.of("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Starts nginx with a file of `deploy/nginx`, changing only its ports, and its certificate to
  /// [TestCertificate].
  ///
  /// @param upstreamPort the port of the server behind it
  public static Nginx with(Path file, int upstreamPort) {
    try {
      var certificate = TestCertificate.shared();
      var site = Files.readString(file);
      site = replace(site, "/etc/nginx/tls/\\w+\\.crt", certificate.certificateFile().toString());
      site = replace(site, "/etc/nginx/tls/\\w+\\.key", certificate.keyFile().toString());
      site = replace(site, "listen 443 ", "listen 127.0.0.1:{port} ");
      site = replace(site, "127\\.0\\.0\\.1:24203", "127.0.0.1:" + upstreamPort);
      return with(site);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String replace(String text, String pattern, String replacement) {
    var replaced = text.replaceAll(pattern, replacement);
    if (replaced.equals(text)) {
      throw new IllegalStateException("the configuration has no " + pattern);
    }
    return replaced;
  }

  /// Starts nginx with the content of the `http` block, where `{port}` is the port it listens on.
  public static Nginx with(String site) {
    var folder = Sandbox.newFolder("nginx");
    int port = Ports.free();
    try {
      Files.writeString(folder.resolve("nginx.conf"), MAIN);
      Files.writeString(folder.resolve("site.conf"), site.replace("{port}", "" + port));
      var process =
          new ProcessBuilder(
                  program().orElseThrow().toString(),
                  "-p",
                  folder.toString(),
                  "-c",
                  "nginx.conf",
                  "-e",
                  "error.log")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      Sandbox.adopt(process.pid(), "KILL");
      var nginx = new Nginx(folder, process, port);
      Polling.until("nginx answers", PATIENCE, () -> !process.isAlive() || Polling.accepts(port));
      if (!process.isAlive()) {
        throw new IllegalStateException("nginx did not start: " + nginx.logged());
      }
      return nginx;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  /// Its output and error log.
  public String logged() {
    try {
      return Files.readString(folder.resolve("output"))
          + Files.readString(folder.resolve("error.log"));
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  /// Kills it and deletes its folder.
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    Sandbox.release(process.pid());
    Sandbox.delete(folder);
  }
}
