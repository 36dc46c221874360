package io.stoker.server.http;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.web.servlet.function.RequestPredicates.all;
import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/// Every URL of the server, except those of Spring Boot's Actuator: `/actuator/health`, with
/// `/liveness` and `/readiness` below it, and `/actuator/prometheus`.
public final class Routes {

  private final List<Door> all;

  public Routes(SessionHandlers sessions, ProgressStream progress) {
    this.all =
        List.of(
            new Door(GET, "/", file("index.html", MediaType.TEXT_HTML)),
            new Door(GET, "/stoker.css", file("stoker.css", MediaType.valueOf("text/css"))),
            new Door(POST, "/api/sessions/warm", sessions::warm),
            new Door(GET, "/api/sessions/runs", sessions::runs),
            new Door(GET, "/api/sessions/runs/{id}", sessions::run),
            new Door(POST, "/api/sessions/runs/{id}/cancel", sessions::cancel),
            new Door(GET, "/api/sessions/runs/{id}/progress", progress::ofRun),
            new Door(GET, "/api/sessions/progress", progress::ofAll),
            new Door(GET, "/api/sessions/estimate", sessions::estimate),
            new Door(GET, "/api/sessions/stats", sessions::stats),
            new Door(POST, "/api/sessions/revocations", sessions::revoke));
  }

  private record Door(HttpMethod method, String path, HandlerFunction<ServerResponse> handler) {}

  /// The doors, then the answers to those who come to none.
  public RouterFunction<ServerResponse> doors() {
    var routes = RouterFunctions.route();
    var methods = new LinkedHashMap<String, Set<HttpMethod>>();
    for (var door : all) {
      routes.route(method(door.method()).and(path(door.path())), door.handler());
      methods.computeIfAbsent(door.path(), _ -> new TreeSet<>()).add(door.method());
    }
    methods.forEach((path, allowed) ->
        routes.route(path(path), request -> Problems.wrongMethod(request, allowed)));
    return routes.route(all(), Problems::unknown).onError(_ -> true, Problems::of).build();
  }

  private static HandlerFunction<ServerResponse> file(String name, MediaType type) {
    var file = new ClassPathResource("web/" + name);
    return _ -> ServerResponse.ok().contentType(type).body(file);
  }
}
