package io.stoker.server.doctor;

import io.stoker.server.doctor.Doctor.Check;
import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.ServerUrl;
import io.stoker.server.wire.WireJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Whether a server runs and is well, or could be started. Thread-safe.
final class ServerChecks {

  private static final String SERVER = "server";
  private static final int PORT = 24203;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ConfigurableEnvironment environment;
  private final @Nullable URI server;
  private final @Nullable String token;

  /// @param server where one has to run; null to look where it would listen
  ServerChecks(
      ConfigurableEnvironment environment, @Nullable URI server, Configuration configuration) {
    this.environment = environment;
    this.server = server;
    this.token = configuration.variables().get("STOKER_TOKEN");
  }

  List<Check> all() {
    return List.of(new Check(SERVER, this::look));
  }

  private List<CheckResult> look() throws InterruptedException {
    if (server != null) {
      return health(server);
    }
    int port = port();
    var address = address();
    if (port == 0 || isFree(address, port)) {
      return List.of(
          CheckResult.ok(
              SERVER,
              "none runs here" + (port == 0 ? "" : ", and port " + port + " is free for one")));
    }
    var found = health(URI.create("http://" + host(address) + ":" + port));
    return found.getFirst().state() == CheckResult.State.FAIL && !isStoker(found)
        ? List.of(
            CheckResult.fail(
                SERVER,
                "port " + port + " is in use, by something that is no Stoker",
                "Stop what listens there, or set SERVER_PORT"))
        : found;
  }

  private static boolean isStoker(List<CheckResult> found) {
    return found.getFirst().detail().contains("says");
  }

  private int port() {
    try {
      return Binder.get(environment).bind("server.port", Integer.class).orElse(PORT);
    } catch (BindException _) {
      return PORT; // told of as a bad setting
    }
  }

  private @Nullable InetAddress address() {
    try {
      return Binder.get(environment).bind("server.address", InetAddress.class).orElse(null);
    } catch (BindException _) {
      return null;
    }
  }

  private static String host(@Nullable InetAddress address) {
    if (address == null || address.isAnyLocalAddress()) {
      return "127.0.0.1";
    }
    var text = address.getHostAddress();
    return text.contains(":") ? "[" + text + "]" : text;
  }

  private static boolean isFree(@Nullable InetAddress address, int port) {
    try (var _ = new ServerSocket(port, 1, address)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private List<CheckResult> health(URI place) throws InterruptedException {
    // Not closed: that would wait for what does not answer.
    @SuppressWarnings("resource")
    var http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    var request = HttpRequest.newBuilder(ServerUrl.at(place, "/actuator/health")).timeout(PATIENCE);
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token.strip());
    }
    try {
      var reply = http.send(request.build(), BodyHandlers.ofString());
      return told(place, WireJson.tree(reply.body()));
    } catch (IOException | JacksonException e) {
      return List.of(
          CheckResult.fail(
              SERVER,
              "no Stoker answers at " + place + ": " + Doctor.oneLine(e),
              "Start one with './stoker serve', or correct --server"));
    } finally {
      http.shutdownNow();
    }
  }

  private List<CheckResult> told(URI place, JsonNode health) {
    var findings = new ArrayList<CheckResult>();
    var status = health.path("status").asString("");
    var components = health.path("components");
    var said = "at " + place + " says " + (status.isEmpty() ? "nothing of its health" : status);
    findings.add(
        status.equals("UP")
            ? CheckResult.ok(SERVER, said)
            : CheckResult.fail(SERVER, said, "Look below, and into its log"));
    if (components.isMissingNode()) {
      findings.add(
          CheckResult.warn(
              SERVER,
              "tells no details: it wants another token than " + (token == null ? "none" : "this"),
              "Set STOKER_TOKEN to a token of a viewer or an operator"));
    }
    components
        .properties()
        .forEach(component -> {
          var state = component.getValue().path("status").asString("");
          if (!state.equals("UP")) {
            findings.add(
                CheckResult.fail(
                    SERVER,
                    component.getKey()
                        + " says "
                        + state
                        + " "
                        + component.getValue().path("details"),
                    "Look at that part above"));
          }
        });
    return findings;
  }
}
