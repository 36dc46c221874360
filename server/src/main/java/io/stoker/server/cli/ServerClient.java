package io.stoker.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.settings.ServerUrl;
import io.stoker.server.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An HTTP client for a running server. Confined to one thread.
///
/// Uses the JDK's client, because Spring's initializes logging, which takes longer than the call.
final class ServerClient implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int BUFFER = 64 * 1024;
  private static final String WARMING = "/api/admin/warming/";

  private final URI server;
  private final @Nullable String token;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

  /// @param token the bearer token; null for none
  ServerClient(URI server, @Nullable String token) {
    this.server = server;
    this.token = token;
  }

  /// A reply of the server.
  ///
  /// @param text the body
  record Reply(String text, JsonNode json) {}

  Reply get(String path) {
    return exchange(request(full(path)).GET());
  }

  /// Paths without a leading slash are relative to those of answers.
  private static String full(String path) {
    return path.startsWith("/") ? path : WARMING + path;
  }

  Reply post(String path, Object body) {
    return exchange(
        request(full(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(WireJson.write(body))));
  }

  Reply put(String path, Object body) {
    return exchange(
        request(full(path))
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(WireJson.write(body))));
  }

  Reply delete(String path) {
    return exchange(request(full(path)).DELETE());
  }

  /// Sends a form with fields and a file. An idempotency key makes sure that a retry by a proxy
  /// creates no second batch.
  Reply upload(Map<String, String> fields, String fileName, InputStream file) {
    var boundary = "stoker-" + UUID.randomUUID();
    var head = new StringBuilder();
    fields.forEach((name, value) ->
        head.append(
            "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                .formatted(boundary, name, value)));
    head.append(
        "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n"
            .formatted(boundary, fileName));
    BodyPublisher body =
        BodyPublishers.concat(
            BodyPublishers.ofString(head.toString()),
            BodyPublishers.ofInputStream(() -> file),
            BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    return exchange(
        request(WARMING + "queue/upload")
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(body));
  }

  /// The lines of an event stream.
  Stream<String> events(String path) {
    var response = send(request(WARMING + path).GET(), BodyHandlers.ofLines());
    if (response.statusCode() != 200) {
      var text = String.join("\n", response.body().toList());
      throw failure(response.statusCode(), text);
    }
    return response.body();
  }

  /// Streams a response body to `out`.
  ///
  /// @throws CommandException if the response breaks off
  /// @throws UncheckedIOException if writing fails
  void download(String path, OutputStream out) {
    var response = send(request(full(path)).GET(), BodyHandlers.ofInputStream());
    try (var body = response.body()) {
      if (response.statusCode() != 200) {
        throw failure(response.statusCode(), new String(body.readAllBytes(), UTF_8));
      }
      var piece = new byte[BUFFER];
      for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
        write(out, piece, length);
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.SOURCE_UNREACHABLE,
          "broken-off",
          "The response broke off before its end. Check the server's log");
    }
  }

  private static void write(OutputStream out, byte[] piece, int length) {
    try {
      out.write(piece, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(ServerUrl.at(server, path));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private Reply exchange(HttpRequest.Builder request) {
    var response = send(request, BodyHandlers.ofString(UTF_8));
    var text = response.body();
    if (response.statusCode() >= 300) {
      throw failure(response.statusCode(), text);
    }
    return new Reply(text, WireJson.tree(text.isEmpty() ? "null" : text));
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) {
    try {
      return http.send(request.build(), handler);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new CommandException(
          ExitCode.INTERRUPTED, "interrupted", "Interrupted while waiting for the server");
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.SOURCE_UNREACHABLE,
          "server-unreachable",
          "No Stoker answers at "
              + server
              + " ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + "). Start one with './stoker serve', or set its URL with --server");
    }
  }

  private static CommandException failure(int status, String text) {
    var problem = text.startsWith("{") ? WireJson.tree(text) : WireJson.tree("{}");
    var detail = problem.path("detail").asString();
    var exitCode =
        switch (status) {
          case 401, 403 -> ExitCode.USAGE;
          case 502, 503, 504 -> ExitCode.SOURCE_UNREACHABLE;
          default -> ExitCode.BELOW_TARGET;
        };
    var hint =
        switch (status) {
          case 401 -> ". Set STOKER_TOKEN to a valid token of the server";
          case 403 -> ". Commands use the token in STOKER_TOKEN";
          default -> "";
        };
    return new CommandException(
        exitCode,
        problem.path("code").asString(),
        (detail.isEmpty()
                ? "Expected a response of a Stoker server, got HTTP " + status + " without details"
                : detail)
            + hint);
  }

  /// A value, encoded for a URL's query.
  static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  /// A value, encoded for a URL's path.
  static String segment(String value) {
    return encoded(value).replace("+", "%20");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
