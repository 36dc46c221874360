package io.stoker.server.http;

import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;
import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/// Every URL of the server, except those of Spring Boot's Actuator: `/actuator/health`, with
/// `/liveness` and `/readiness` below it, and `/actuator/prometheus`; and that of [ApiDocs].
public final class Routes {

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
        new Door(GET, "/", Console::page),
        new Door(GET, "/stoker.css", Console::style),
        new Door(GET, "/app/{file}", Console::own),
        new Door(GET, "/lib/{library}/{*file}", Console::library),
        new Door(GET, "/api/overview", rooms.overview()::now),
        new Door(GET, "/api/overview/events", rooms.overview()::events),
        new Door(GET, "/api/session", signIn::state),
        new Door(POST, "/api/session", signIn::in),
        new Door(DELETE, "/api/session", signIn::out));
  }

  private static List<Door> sessions(Rooms rooms) {
    var sessions = rooms.sessions();
    var progress = rooms.progress();
    return List.of(
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

  private static List<Door> answers(Rooms rooms) {
    var answers = rooms.answers();
    var events = rooms.events();
    return List.of(
        new Door(POST, "/api/admin/warming/queue/manual", answers::submit),
        new Door(POST, "/api/admin/warming/queue/upload", answers::upload),
        new Door(POST, "/api/admin/warming/queue/preview", answers::preview),
        new Door(GET, "/api/admin/warming/queue", answers::batches),
        new Door(GET, "/api/admin/warming/batches", answers::batches),
        new Door(GET, "/api/admin/warming/batches/{id}", answers::batch),
        new Door(DELETE, "/api/admin/warming/batches/{id}", answers::deleteBatch),
        new Door(GET, "/api/admin/warming/batches/{id}/queries", answers::queries),
        new Door(POST, "/api/admin/warming/batches/{id}/queries", answers::add),
        new Door(POST, "/api/admin/warming/batches/{id}/pause", answers::pause),
        new Door(POST, "/api/admin/warming/batches/{id}/resume", answers::resume),
        new Door(POST, "/api/admin/warming/batches/{id}/cancel", answers::cancel),
        new Door(POST, "/api/admin/warming/batches/{id}/retry", answers::retry),
        new Door(GET, "/api/admin/warming/queries/{id}", answers::query),
        new Door(DELETE, "/api/admin/warming/queries/{id}", answers::deleteQuery),
        new Door(POST, "/api/admin/warming/queries/{id}/retry", answers::retryQuery),
        new Door(GET, "/api/admin/warming/progress", events::ofBatch),
        new Door(GET, "/api/admin/warming/events", events::ofAll),
        new Door(GET, "/api/admin/warming/settings", answers::settings),
        new Door(PUT, "/api/admin/warming/settings", answers::setSettings));
  }

  private static List<Door> cache(Rooms rooms) {
    var asking = rooms.asking();
    var documents = rooms.documents();
    return List.of(
        new Door(POST, "/api/answers/ask", asking::ask),
        new Door(GET, "/api/cache/stats", asking::stats),
        new Door(GET, "/api/cache/entries", asking::entries),
        new Door(DELETE, "/api/cache/entries", asking::forget),
        new Door(GET, "/api/cache/top", asking::top),
        new Door(GET, "/api/documents", documents::all),
        new Door(POST, "/api/documents", documents::put),
        new Door(GET, "/api/documents/{id}", documents::one),
        new Door(DELETE, "/api/documents/{id}", documents::delete));
  }

  /// What front ends of chats know, under the names that they know; sockets are behind
  /// [SocketDoor].
  private static List<Door> chats(Rooms rooms) {
    var chats = rooms.chats();
    return List.of(
        new Door(GET, "/health", chats::health),
        new Door(GET, "/models", chats::models),
        new Door(GET, "/ws", chats::socket),
        new Door(POST, "/chat", rooms.turns()::chat),
        new Door(POST, "/chat/warm", chats::warm),
        new Door(GET, "/conversations/{id}", chats::history),
        new Door(GET, "/conversations/{id}/metrics", chats::metrics),
        new Door(POST, "/conversations/{id}/close", chats::close),
        new Door(GET, "/conversations/{id}/cwd", chats::cwd),
        new Door(PUT, "/conversations/{id}/cwd", chats::setCwd),
        new Door(GET, "/conversations/{id}/lsp", chats::languageServers));
  }

  private static List<Door> prompts(Rooms rooms) {
    var prompts = rooms.prompts();
    var ledger = rooms.ledger();
    return List.of(
        new Door(GET, "/api/prompts/conversations", prompts::conversations),
        new Door(GET, "/api/prompts/conversations/{id}", prompts::conversation),
        new Door(PUT, "/api/prompts/conversations/{id}/warming", prompts::setWarming),
        new Door(PUT, "/api/prompts/conversations/{id}/budget", prompts::setBudget),
        new Door(DELETE, "/api/prompts/conversations/{id}/budget", prompts::removeBudget),
        new Door(POST, "/api/prompts/conversations/{id}/hint", prompts::hint),
        new Door(POST, "/api/prompts/conversations/{id}/warm", prompts::warm),
        new Door(GET, "/api/prompts/conversations/{id}/warms", prompts::warms),
        new Door(GET, "/api/prompts/ledger", ledger::sums),
        new Door(GET, "/api/prompts/ledger/entries", ledger::entries),
        new Door(GET, "/api/prompts/budgets", ledger::budgets));
  }

  /// A way in.
  record Door(HttpMethod method, String path, HandlerFunction<ServerResponse> handler) {}

  /// All ways in, but for the description of them, which Springdoc has.
  List<Door> all() {
    return all;
  }

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
    var described =
        ApiDocs.PLACES.stream()
            .map(RequestPredicates::path)
            .reduce((a, b) -> a.or(b))
            .orElseThrow();
    return routes
        .route(method(GET).and(described).negate(), Problems::unknown)
        .onError(_ -> true, Problems::of)
        .build();
  }
}
