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

/// Checks the health of a running server, or that its port is free. Thread-safe.
final class ServerChecks {

  private static final String SERVER = "server";
  private static final String REPORTS = " reports ";
  private static final int PORT = 24203;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final ConfigurableEnvironment environment;
  private final @Nullable URI server;
  private final @Nullable String token;

  /// @param server the URL of a server that must be running; null to check the configured address
  ServerChecks(
      ConfigurableEnvironment environment, @Nullable URI server, Configuration configuration) {
    this.environment = environment;
    this.server = server;
    this.token = configuration.variables().get("STOKER_TOKEN");
  }

  List<Check> all() {
    return List.of(new Check(SERVER, this::check));
  }

  private List<CheckResult> check() throws InterruptedException {
    if (server != null) {
      return health(server);
    }
    int port = port();
    var address = address();
    if (port == 0 || isFree(address, port)) {
      return List.of(
          CheckResult.ok(
              SERVER, "not running here" + (port == 0 ? "" : ", and port " + port + " is free")));
    }
    var results = health(URI.create("http://" + host(address) + ":" + port));
    return results.getFirst().state() == CheckResult.State.FAIL && !isStoker(results)
        ? List.of(
            CheckResult.fail(
                SERVER,
                "port " + port + " is in use by another program",
                "Stop that program, or set SERVER_PORT"))
        : results;
  }

  private static boolean isStoker(List<CheckResult> results) {
    return results.getFirst().detail().contains(REPORTS);
  }

  private int port() {
    try {
      return Binder.get(environment).bind("server.port", Integer.class).orElse(PORT);
    } catch (BindException _) {
      return PORT; // reported as an invalid setting
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

  private List<CheckResult> health(URI url) throws InterruptedException {
    // Not closed, because close() would wait for a request that hangs.
    @SuppressWarnings("resource")
    var http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    var request = HttpRequest.newBuilder(ServerUrl.at(url, "/actuator/health")).timeout(TIMEOUT);
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token.strip());
    }
    try {
      var reply = http.send(request.build(), BodyHandlers.ofString());
      return results(url, WireJson.tree(reply.body()));
    } catch (IOException | JacksonException e) {
      return List.of(
          CheckResult.fail(
              SERVER,
              "no Stoker answers at " + url + ": " + Doctor.oneLine(e),
              "Start one with './stoker serve', or correct --server"));
    } finally {
      http.shutdownNow();
    }
  }

  private List<CheckResult> results(URI url, JsonNode health) {
    var results = new ArrayList<CheckResult>();
    var status = health.path("status").asString("");
    var components = health.path("components");
    var detail = "at " + url + REPORTS + (status.isEmpty() ? "no health status" : status);
    results.add(
        status.equals("UP")
            ? CheckResult.ok(SERVER, detail)
            : CheckResult.fail(SERVER, detail, "See below and its log"));
    if (components.isMissingNode()) {
      results.add(
          CheckResult.warn(
              SERVER,
              "reports no details "
                  + (token == null ? "without a token" : "to the token in STOKER_TOKEN"),
              "Set STOKER_TOKEN to a viewer's or an operator's token"));
    }
    components
        .properties()
        .forEach(component -> {
          var state = component.getValue().path("status").asString("");
          if (!state.equals("UP")) {
            results.add(
                CheckResult.fail(
                    SERVER,
                    component.getKey()
                        + REPORTS
                        + state
                        + " "
                        + component.getValue().path("details"),
                    "See the check of that part above"));
          }
        });
    return results;
  }
}
