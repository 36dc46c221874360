package io.stoker.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.tracing.Tracer;
import io.stoker.server.settings.Configuration;
import io.stoker.server.telemetry.Tracing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/// Spans as an OpenTelemetry collector receives them.
@Timeout(60)
class TracingTest {

  private static final String SECRET_QUESTION = "How is a cache kept warm in Ystad?";

  /// Takes what is sent to it; texts in it stand as they are, whatever lies between them.
  private static final class Collector implements AutoCloseable {

    private final HttpServer http;
    private final CopyOnWriteArrayList<String> requests = new CopyOnWriteArrayList<>();

    Collector() throws IOException {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.createContext(
          "/v1/traces",
          exchange -> {
            try (exchange) {
              var body = exchange.getRequestBody().readAllBytes();
              requests.add(new String(body, ISO_8859_1));
              exchange.sendResponseHeaders(200, -1);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      http.start();
    }

    String url() {
      return "http://127.0.0.1:" + http.getAddress().getPort() + "/v1/traces";
    }

    String all() {
      return String.join("\n", requests);
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  @Test
  void requests_runs_answers_and_warms_have_spans_without_user_text() throws IOException {
    var world = SessionEnvironment.with(20);
    try (var collector = new Collector();
        var server =
            RunningServer.with(
                world.variables(
                    "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT",
                    collector.url(),
                    "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_SCHEDULE_DELAY",
                    "100ms",
                    "STOKER_PROMPTS_SIMULATOR_LATENCY",
                    "1ms",
                    "STOKER_PROMPTS_SIMULATOR_PACE",
                    "0s"))) {
      server.post("/api/answers/ask", "{\"question\": \"" + SECRET_QUESTION + "\"}");
      server.post("/api/admin/warming/queue/manual", "{\"queries\": [\"What is a lease?\"]}");
      var said =
          "{\"conversationId\": \"c1\", \"message\": \"" + SECRET_QUESTION.repeat(200) + "\"}";
      server.post("/chat", said);
      server.post("/chat/warm", "{\"conversationId\": \"c1\"}");

      Awaitility.await()
          .untilAsserted(() ->
              assertThat(collector.all())
                  .contains("stoker", "http post /api/answers/ask")
                  .contains("warm sessions", "stoker.run", "stoker.warmed", "completed")
                  .contains("answer question", "stoker.batch", "stoker.query", "stoker.attempt")
                  .contains("stoker.outcome", "answered")
                  .contains("warm prompt", "stoker.model", "simulator/small", "stoker.tier")
                  .contains("stoker.conversation", "c1", "warmed"));
      assertThat(collector.all()).doesNotContain("Ystad", "What is a lease");
    }
  }

  @Test
  void without_an_address_there_is_no_tracer(@TempDir Path data) {
    try (ConfigurableApplicationContext context =
        Server.start(
            new Configuration(
                Map.of("SERVER_PORT", "0", "STOKER_ANSWERS_DATA", data.toString()), Map.of()))) {
      assertThat(context.getBeanNamesForType(Tracer.class)).isEmpty();
      assertThat(context.getBean(Tracing.class).tracer()).isNull();
      assertThat(context.getBeanDefinitionNames())
          .noneMatch(name -> name.contains("openTelemetry"));
    }
  }
}
