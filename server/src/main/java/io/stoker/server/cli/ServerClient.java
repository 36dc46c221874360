package io.stoker.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.Json;
import io.stoker.server.settings.ServerUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/// A running server, called over HTTP. Confined to one thread.
final class ServerClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int BUFFER = 64 * 1024;
  private static final String WARMING = "/api/admin/warming/";

  private final URI server;
  private final HttpClient connections = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final RestClient http;

  /// @param token what the server wants to be shown; null for nothing
  ServerClient(URI server, @Nullable String token) {
    this.server = server;
    var requests = new JdkClientHttpRequestFactory(connections);
    requests.enableCompression(false);
    this.http =
        RestClient.builder()
            .requestFactory(requests)
            // The usual converters would make every command wait for parsers that it does not need.
            .configureMessageConverters(
                converters ->
                    converters
                        .addCustomConverter(new ByteArrayHttpMessageConverter())
                        .addCustomConverter(new FormHttpMessageConverter()))
            .defaultHeaders(headers -> {
              if (token != null) {
                headers.setBearerAuth(token);
              }
            })
            .build();
  }

  /// What the server answered.
  ///
  /// @param text the body as it came
  record Reply(String text, JsonNode json) {}

  /// Reads the body of an answer.
  private interface BodyReader<T> {
    T read(InputStream body) throws IOException;
  }

  Reply get(String path) {
    return exchange(http.get().uri(at(path)));
  }

  Reply post(String path, Object body) {
    return exchange(request(HttpMethod.POST, path, body));
  }

  Reply put(String path, Object body) {
    return exchange(request(HttpMethod.PUT, path, body));
  }

  Reply delete(String path) {
    return exchange(http.delete().uri(at(path)));
  }

  /// Sends a form: its fields, then a file. Sent twice, by whatever lies in between, it makes one
  /// batch all the same.
  Reply upload(Map<String, String> fields, String fileName, InputStream file) {
    var form = new LinkedMultiValueMap<String, Object>();
    fields.forEach(form::add);
    form.add("file", new NamedStream(file, fileName));
    return exchange(
        http.post()
            .uri(at("queue/upload"))
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .contentType(MediaType.MULTIPART_FORM_DATA)
            .body(form));
  }

  /// A file of a form that is sent while it is read.
  private static final class NamedStream extends InputStreamResource {

    private final String name;

    NamedStream(InputStream file, String name) {
      super(file);
      this.name = name;
    }

    @Override
    public String getFilename() {
      return name;
    }

    /// Unknown, or the stream would be read to find out.
    @Override
    public long contentLength() {
      return -1;
    }
  }

  /// Reads the lines of a stream of events as they come.
  <T extends @Nullable Object> T events(String path, Function<Stream<String>, T> read) {
    return call(
        http.get().uri(at(path)),
        body -> read.apply(new BufferedReader(new InputStreamReader(body, UTF_8)).lines()));
  }

  /// Copies what a path gives, as it comes.
  ///
  /// @throws CommandException if it breaks off
  /// @throws UncheckedIOException if it cannot be written
  void download(String path, OutputStream out) {
    long _ =
        call(
            http.get().uri(at(path)),
            body -> {
              var piece = new byte[BUFFER];
              long copied = 0;
              for (int length = read(body, piece); length >= 0; length = read(body, piece)) {
                write(out, piece, length);
                copied += length;
              }
              return copied;
            });
  }

  private static int read(InputStream body, byte[] piece) {
    try {
      return body.read(piece);
    } catch (IOException _) {
      throw new CommandException(
          ExitCode.SOURCE_UNREACHABLE,
          "broken-off",
          "The server broke off before all was sent. Its log says more");
    }
  }

  private static void write(OutputStream out, byte[] piece, int length) {
    try {
      out.write(piece, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param path paths of answers without what they have in common
  private URI at(String path) {
    return ServerUrl.at(server, path.startsWith("/") ? path : WARMING + path);
  }

  private RestClient.RequestBodySpec request(HttpMethod method, String path, Object body) {
    return http.method(method)
        .uri(at(path))
        .contentType(MediaType.APPLICATION_JSON)
        .body(Json.write(body).getBytes(UTF_8));
  }

  private Reply exchange(RestClient.RequestHeadersSpec<?> request) {
    var text = call(request, ServerClient::text);
    return new Reply(text, Json.tree(text.isEmpty() ? "null" : text));
  }

  private static String text(InputStream body) throws IOException {
    return new String(body.readAllBytes(), UTF_8);
  }

  private <T extends @Nullable Object> T call(
      RestClient.RequestHeadersSpec<?> request, BodyReader<T> reader) {
    try {
      return request.exchange((_, response) -> {
        int status = response.getStatusCode().value();
        if (status >= 300) {
          throw refused(status, text(response.getBody()));
        }
        return reader.read(response.getBody());
      });
    } catch (ResourceAccessException e) {
      throw unreachable(Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  private CommandException unreachable(Throwable e) {
    return new CommandException(
        ExitCode.SOURCE_UNREACHABLE,
        "server-unreachable",
        "No Stoker answers at "
            + server
            + " ("
            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
            + "). Start one with './stoker serve', or say where it is with --server");
  }

  private static CommandException refused(int status, String text) {
    var problem = text.startsWith("{") ? Json.tree(text) : Json.tree("{}");
    var detail = problem.path("detail").asString();
    var exitCode =
        switch (status) {
          case 401, 403 -> ExitCode.USAGE;
          case 502, 503, 504 -> ExitCode.SOURCE_UNREACHABLE;
          default -> ExitCode.BELOW_TARGET;
        };
    var hint =
        switch (status) {
          case 401 -> ". Set STOKER_TOKEN to a token of the server's";
          case 403 -> ". Commands show the one in STOKER_TOKEN";
          default -> "";
        };
    return new CommandException(
        exitCode,
        problem.path("code").asString(),
        (detail.isEmpty()
                ? "The server answered " + status + ", which is no answer of a Stoker"
                : detail)
            + hint);
  }

  /// A value as a query of a URL has it.
  static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  /// A value as a part of a URL's path.
  static String segment(String value) {
    return encoded(value).replace("+", "%20");
  }

  @Override
  public void close() {
    connections.shutdownNow();
  }
}
