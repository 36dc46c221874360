package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.settings.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on a free port in this JVM, with an HTTP client.
public final class RunningServer implements AutoCloseable {

  private static final String BOUNDARY = "a-boundary-of-tests";
  private static final JsonMapper JSON = new JsonMapper();

  private final ConfigurableApplicationContext context;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningServer(Map<String, String> variables) {
    var all = new HashMap<>(variables);
    all.put("SERVER_PORT", "0");
    all.putIfAbsent("STOKER_ANSWERS_DATA", newFolder().toString());
    this.context = Server.start(new Configuration(all, Map.of()));
  }

  /// Left to the system to clear away, with all that is temporary.
  private static Path newFolder() {
    try {
      return Files.createTempDirectory("stoker-answers");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts one with these environment variables.
  public static RunningServer with(Map<String, String> variables) {
    return new RunningServer(variables);
  }

  public int port() {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  /// The server's bean of this type.
  public <T> T part(Class<T> type) {
    return context.getBean(type);
  }

  /// A response with its body as JSON.
  public record Answer(int status, HttpResponse<String> response, JsonNode json) {

    public String text(String member) {
      return json.path(member).asString();
    }
  }

  public Answer get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  public Answer post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  public Answer put(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json)));
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /// Sends a form: fields as name and value in turn, then a file.
  public Answer upload(String path, String fileName, byte[] file, String... fields) {
    var form = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      form.writeBytes(part("name=\"" + fields[i] + "\""));
      form.writeBytes((fields[i + 1] + "\r\n").getBytes(UTF_8));
    }
    form.writeBytes(part("name=\"file\"; filename=\"" + fileName + "\""));
    form.writeBytes(file);
    form.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(UTF_8));
    return send(
        request(path)
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofByteArray(form.toByteArray())));
  }

  private static byte[] part(String disposition) {
    return ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
        .getBytes(UTF_8);
  }

  public Answer send(HttpRequest.Builder request) {
    var response = exchange(request, BodyHandlers.ofString());
    var type = response.headers().firstValue("Content-Type").orElse("");
    var isJson = type.contains("json") && !type.contains("ndjson");
    var json = isJson ? JSON.readTree(response.body()) : JSON.nullNode();
    return new Answer(response.statusCode(), response, json);
  }

  /// The lines of a stream, as they come.
  public Stream<String> lines(String path, String... headers) {
    return exchange(request(path, headers).GET(), BodyHandlers.ofLines()).body();
  }

  public HttpRequest.Builder request(String path, String... headers) {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private <T> HttpResponse<T> exchange(HttpRequest.Builder request, BodyHandler<T> handler) {
    try {
      return client.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while calling the server", e);
    }
  }

  @Override
  public void close() {
    client.close();
    context.close();
  }
}
