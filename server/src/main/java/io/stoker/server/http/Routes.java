package io.stoker.server.http;

import static io.stoker.server.http.Access.KNOWN;
import static io.stoker.server.http.Access.OPEN;
import static io.stoker.server.http.Access.OPERATE;
import static io.stoker.server.http.Access.READ;
import static io.stoker.server.http.Access.READ_OWN;
import static io.stoker.server.http.Access.USE;
import static io.stoker.server.http.Access.USE_UNBOUND;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;
import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.methods;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import io.stoker.server.access.Caller;
import io.stoker.server.wire.TextBounds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.function.EntityResponse;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// Every URL of the server and who may use it, except those of Spring Boot's Actuator:
/// `/actuator/health`, with `/liveness` and `/readiness` below it, and `/actuator/prometheus`; and
/// that of [ApiDocs]. Those are in [Guard].
public final class Routes {

  /// Those that a ticket opens, for they are read by browsers that cannot set a header.
  static final List<String> STREAMS =
      List.of(
          "/api/overview/events",
          "/api/sessions/runs/{id}/progress",
          "/api/sessions/progress",
          "/api/admin/warming/progress",
          "/api/admin/warming/events");

  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private final List<Door> all;

  /// What is behind the doors.
  public record Rooms(
      SessionHandlers sessions,
      ProgressStream progress,
      AnswerHandlers answers,
      AnswerStream events,
      AskHandlers asking,
      DocumentHandlers documents,
      ChatHandlers chats,
      ChatStream turns,
      PromptHandlers prompts,
      LedgerHandlers ledger,
      OverviewStream overview,
      SignIn signIn) {}

  public Routes(Rooms rooms) {
    this.all =
        Stream.of(
                console(rooms),
                sessions(rooms),
                answers(rooms),
                cache(rooms),
                chats(rooms),
                prompts(rooms))
            .flatMap(List::stream)
            .toList();
  }

  private static List<Door> console(Rooms rooms) {
    var signIn = rooms.signIn();
    return List.of(
        new Door(GET, "/", OPEN, Console::page),
        new Door(GET, "/stoker.css", OPEN, Console::style),
        new Door(GET, "/app/{file}", OPEN, Console::own),
        new Door(GET, "/lib/{library}/{*file}", OPEN, Console::library),
        new Door(GET, "/api/overview", READ, rooms.overview()::now),
        new Door(GET, "/api/overview/events", READ, rooms.overview()::events),
        new Door(GET, "/api/session", OPEN, signIn::state),
        new Door(POST, "/api/session", OPEN, signIn::in),
        new Door(DELETE, "/api/session", OPEN, signIn::out),
        new Door(POST, "/api/tickets", KNOWN, signIn::ticket));
  }

  private static List<Door> sessions(Rooms rooms) {
    var sessions = rooms.sessions();
    var progress = rooms.progress();
    return List.of(
        new Door(POST, "/api/sessions/warm", OPERATE, sessions::warm),
        new Door(GET, "/api/sessions/runs", READ, sessions::runs),
        new Door(GET, "/api/sessions/runs/{id}", READ, sessions::run),
        new Door(POST, "/api/sessions/runs/{id}/cancel", OPERATE, sessions::cancel),
        new Door(GET, "/api/sessions/runs/{id}/progress", READ, progress::ofRun),
        new Door(GET, "/api/sessions/progress", READ, progress::ofAll),
        new Door(GET, "/api/sessions/estimate", READ, sessions::estimate),
        new Door(GET, "/api/sessions/stats", READ, sessions::stats),
        new Door(POST, "/api/sessions/revocations", USE_UNBOUND, sessions::revoke));
  }

  private static List<Door> answers(Rooms rooms) {
    var answers = rooms.answers();
    var events = rooms.events();
    return List.of(
        new Door(POST, "/api/admin/warming/queue/manual", OPERATE, answers::submit),
        new Door(POST, "/api/admin/warming/queue/upload", OPERATE, answers::upload),
        new Door(POST, "/api/admin/warming/queue/preview", OPERATE, answers::preview),
        new Door(POST, "/api/admin/warming/queue/try", OPERATE, answers::tryNow),
        new Door(GET, "/api/admin/warming/queue", READ, answers::batches),
        new Door(GET, "/api/admin/warming/batches", READ, answers::batches),
        new Door(GET, "/api/admin/warming/batches/{id}", READ, answers::batch),
        new Door(DELETE, "/api/admin/warming/batches/{id}", OPERATE, answers::deleteBatch),
        new Door(GET, "/api/admin/warming/batches/{id}/queries", READ, answers::queries),
        new Door(POST, "/api/admin/warming/batches/{id}/queries", OPERATE, answers::add),
        new Door(POST, "/api/admin/warming/batches/{id}/pause", OPERATE, answers::pause),
        new Door(POST, "/api/admin/warming/batches/{id}/resume", OPERATE, answers::resume),
        new Door(POST, "/api/admin/warming/batches/{id}/cancel", OPERATE, answers::cancel),
        new Door(POST, "/api/admin/warming/batches/{id}/retry", OPERATE, answers::retry),
        new Door(GET, "/api/admin/warming/queries/{id}", READ, answers::query),
        new Door(DELETE, "/api/admin/warming/queries/{id}", OPERATE, answers::deleteQuery),
        new Door(POST, "/api/admin/warming/queries/{id}/retry", OPERATE, answers::retryQuery),
        new Door(GET, "/api/admin/warming/progress", READ, events::ofBatch),
        new Door(GET, "/api/admin/warming/events", READ, events::ofAll),
        new Door(GET, "/api/admin/warming/settings", READ, answers::settings),
        new Door(PUT, "/api/admin/warming/settings", OPERATE, answers::setSettings));
  }

  private static List<Door> cache(Rooms rooms) {
    var asking = rooms.asking();
    var documents = rooms.documents();
    return List.of(
        new Door(POST, "/api/answers/ask", USE, asking::ask),
        new Door(GET, "/api/cache/stats", READ, asking::stats),
        new Door(GET, "/api/cache/entries", READ, asking::entries),
        new Door(DELETE, "/api/cache/entries", OPERATE, asking::forget),
        new Door(GET, "/api/cache/top", READ, asking::top),
        new Door(GET, "/api/documents", READ, documents::all),
        new Door(POST, "/api/documents", OPERATE, documents::put),
        new Door(GET, "/api/documents/{id}", READ, documents::one),
        new Door(DELETE, "/api/documents/{id}", OPERATE, documents::delete));
  }

  /// What front ends of chats know, under the names that they know; sockets are behind
  /// [SocketDoor].
  private static List<Door> chats(Rooms rooms) {
    var chats = rooms.chats();
    return List.of(
        new Door(GET, "/health", OPEN, chats::health),
        new Door(GET, "/models", KNOWN, chats::models),
        new Door(GET, "/ws", KNOWN, chats::socket),
        new Door(POST, "/chat", USE, rooms.turns()::chat),
        new Door(POST, "/chat/warm", USE, chats::warm),
        new Door(GET, "/conversations/{id}", KNOWN, chats::history),
        new Door(DELETE, "/conversations/{id}", USE, chats::delete),
        new Door(GET, "/conversations/{id}/metrics", KNOWN, chats::metrics),
        new Door(POST, "/conversations/{id}/close", USE, chats::close),
        new Door(GET, "/conversations/{id}/cwd", KNOWN, chats::cwd),
        new Door(PUT, "/conversations/{id}/cwd", USE, chats::setCwd),
        new Door(GET, "/conversations/{id}/lsp", KNOWN, chats::languageServers));
  }

  private static List<Door> prompts(Rooms rooms) {
    var prompts = rooms.prompts();
    var ledger = rooms.ledger();
    return List.of(
        new Door(GET, "/api/prompts/conversations", READ, prompts::conversations),
        new Door(GET, "/api/prompts/conversations/{id}", KNOWN, prompts::conversation),
        new Door(PUT, "/api/prompts/conversations/{id}/warming", USE, prompts::setWarming),
        new Door(PUT, "/api/prompts/conversations/{id}/budget", OPERATE, prompts::setBudget),
        new Door(DELETE, "/api/prompts/conversations/{id}/budget", OPERATE, prompts::removeBudget),
        new Door(POST, "/api/prompts/conversations/{id}/hint", USE, prompts::hint),
        new Door(POST, "/api/prompts/conversations/{id}/warm", USE, prompts::warm),
        new Door(GET, "/api/prompts/conversations/{id}/warms", KNOWN, prompts::warms),
        new Door(GET, "/api/prompts/ledger", READ_OWN, ledger::sums),
        new Door(GET, "/api/prompts/ledger/entries", READ_OWN, ledger::entries),
        new Door(GET, "/api/prompts/budgets", READ_OWN, ledger::budgets));
  }

  /// A way in.
  ///
  /// @param access who may take it
  record Door(
      HttpMethod method, String path, Access access, HandlerFunction<ServerResponse> handler) {

    /// Lets a request in, or not. What only operators may do, and what cannot be undone, is told to
    /// the log, with who did it.
    ServerResponse open(ServerRequest request) throws Exception {
      var caller = request.principal().orElse(null) instanceof Caller known ? known : null;
      access.require(caller);
      request.pathVariables().forEach(TextBounds::checked);
      var response = handler.handle(request);
      boolean isTold = access == OPERATE || method.equals(DELETE);
      if (isTold && caller != null && !caller.equals(Caller.ANYBODY)) {
        var path = request.servletRequest().getRequestURI();
        LOG.info("{}: {} {} {}", caller, method, path, response.statusCode().value());
      }
      return response;
    }

    /// The headers of what GET would answer. What is sent bit by bit is not begun; of the rest
    /// Tomcat counts the bytes and sends none.
    ServerResponse head(ServerRequest request) throws Exception {
      var response = open(request);
      return response instanceof EntityResponse<?>
          ? response
          : ServerResponse.status(response.statusCode())
              .headers(headers -> headers.addAll(response.headers()))
              .build();
    }
  }

  /// All ways in, but for the description of them, which Springdoc has.
  List<Door> all() {
    return all;
  }

  /// The doors, then the answers to those who come to none.
  public RouterFunction<ServerResponse> doors() {
    var routes = RouterFunctions.route();
    var methods = new LinkedHashMap<String, Set<HttpMethod>>();
    for (var door : all) {
      routes.route(method(door.method()).and(path(door.path())), door::open);
      var allowed = methods.computeIfAbsent(door.path(), _ -> new TreeSet<>());
      allowed.add(door.method());
      if (door.method().equals(GET)) {
        routes.route(method(HEAD).and(path(door.path())), door::head);
        allowed.add(HEAD);
      }
    }
    methods.forEach((path, allowed) ->
        routes.route(path(path), request -> Problems.wrongMethod(request, allowed)));
    var described =
        ApiDocs.PLACES.stream()
            .map(RequestPredicates::path)
            .reduce((a, b) -> a.or(b))
            .orElseThrow();
    return routes
        .route(methods(GET, HEAD).and(described).negate(), Problems::unknown)
        .onError(_ -> true, Problems::of)
        .build();
  }
}
