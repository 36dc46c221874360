package io.stoker.server.http;

import static io.stoker.server.http.Access.AUTHENTICATED;
import static io.stoker.server.http.Access.OPEN;
import static io.stoker.server.http.Access.OPERATE;
import static io.stoker.server.http.Access.READ;
import static io.stoker.server.http.Access.READ_OWN;
import static io.stoker.server.http.Access.USE;
import static io.stoker.server.http.Access.USE_UNRESTRICTED;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;
import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.methods;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import io.stoker.server.access.Caller;
import io.stoker.server.wire.TextLimits;
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

/// The routes of the server with their access rules. [RequestFilter] has those of Spring Boot's
/// Actuator (`/actuator/health`, with `/liveness` and `/readiness` below it, and
/// `/actuator/prometheus`) and of [ApiDocs].
public final class Routes {

  /// The streams that a ticket opens, since browsers cannot send an `Authorization` header with
  /// them.
  static final List<String> STREAMS =
      List.of(
          "/api/overview/events",
          "/api/sessions/runs/{id}/progress",
          "/api/sessions/progress",
          "/api/admin/warming/progress",
          "/api/admin/warming/events");

  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private final List<Route> all;

  public record Handlers(
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

  public Routes(Handlers handlers) {
    this.all =
        Stream.of(
                console(handlers),
                sessions(handlers),
                answers(handlers),
                cache(handlers),
                chats(handlers),
                prompts(handlers))
            .flatMap(List::stream)
            .toList();
  }

  private static List<Route> console(Handlers handlers) {
    var signIn = handlers.signIn();
    return List.of(
        new Route(GET, "/", OPEN, Console::page),
        new Route(GET, "/stoker.css", OPEN, Console::style),
        new Route(GET, "/app/{file}", OPEN, Console::own),
        new Route(GET, "/lib/{library}/{*file}", OPEN, Console::library),
        new Route(GET, "/api/overview", READ, handlers.overview()::now),
        new Route(GET, "/api/overview/events", READ, handlers.overview()::events),
        new Route(GET, "/api/session", OPEN, signIn::state),
        new Route(POST, "/api/session", OPEN, signIn::in),
        new Route(DELETE, "/api/session", OPEN, signIn::out),
        new Route(POST, "/api/tickets", AUTHENTICATED, signIn::ticket));
  }

  private static List<Route> sessions(Handlers handlers) {
    var sessions = handlers.sessions();
    var progress = handlers.progress();
    return List.of(
        new Route(POST, "/api/sessions/warm", OPERATE, sessions::warm),
        new Route(GET, "/api/sessions/runs", READ, sessions::runs),
        new Route(GET, "/api/sessions/runs/{id}", READ, sessions::run),
        new Route(POST, "/api/sessions/runs/{id}/cancel", OPERATE, sessions::cancel),
        new Route(GET, "/api/sessions/runs/{id}/progress", READ, progress::ofRun),
        new Route(GET, "/api/sessions/progress", READ, progress::ofAll),
        new Route(GET, "/api/sessions/estimate", READ, sessions::estimate),
        new Route(GET, "/api/sessions/stats", READ, sessions::stats),
        new Route(GET, "/api/sessions/follow", READ, sessions::follow),
        new Route(POST, "/api/sessions/revocations", USE_UNRESTRICTED, sessions::revoke));
  }

  private static List<Route> answers(Handlers handlers) {
    var answers = handlers.answers();
    var events = handlers.events();
    return List.of(
        new Route(POST, "/api/admin/warming/queue/manual", OPERATE, answers::submit),
        new Route(POST, "/api/admin/warming/queue/upload", OPERATE, answers::upload),
        new Route(POST, "/api/admin/warming/queue/preview", OPERATE, answers::preview),
        new Route(POST, "/api/admin/warming/queue/try", OPERATE, answers::tryNow),
        new Route(GET, "/api/admin/warming/queue", READ, answers::batches),
        new Route(GET, "/api/admin/warming/batches", READ, answers::batches),
        new Route(GET, "/api/admin/warming/batches/{id}", READ, answers::batch),
        new Route(DELETE, "/api/admin/warming/batches/{id}", OPERATE, answers::deleteBatch),
        new Route(GET, "/api/admin/warming/batches/{id}/queries", READ, answers::queries),
        new Route(POST, "/api/admin/warming/batches/{id}/queries", OPERATE, answers::add),
        new Route(POST, "/api/admin/warming/batches/{id}/pause", OPERATE, answers::pause),
        new Route(POST, "/api/admin/warming/batches/{id}/resume", OPERATE, answers::resume),
        new Route(POST, "/api/admin/warming/batches/{id}/cancel", OPERATE, answers::cancel),
        new Route(POST, "/api/admin/warming/batches/{id}/retry", OPERATE, answers::retry),
        new Route(GET, "/api/admin/warming/queries/{id}", READ, answers::query),
        new Route(DELETE, "/api/admin/warming/queries/{id}", OPERATE, answers::deleteQuery),
        new Route(POST, "/api/admin/warming/queries/{id}/retry", OPERATE, answers::retryQuery),
        new Route(GET, "/api/admin/warming/progress", READ, events::ofBatch),
        new Route(GET, "/api/admin/warming/events", READ, events::ofAll),
        new Route(GET, "/api/admin/warming/settings", READ, answers::settings),
        new Route(PUT, "/api/admin/warming/settings", OPERATE, answers::setSettings));
  }

  private static List<Route> cache(Handlers handlers) {
    var asking = handlers.asking();
    var documents = handlers.documents();
    return List.of(
        new Route(POST, "/api/answers/ask", USE, asking::ask),
        new Route(GET, "/api/cache/stats", READ, asking::stats),
        new Route(GET, "/api/cache/entries", READ, asking::entries),
        new Route(DELETE, "/api/cache/entries", OPERATE, asking::forget),
        new Route(GET, "/api/cache/top", READ, asking::top),
        new Route(GET, "/api/documents", READ, documents::all),
        new Route(POST, "/api/documents", OPERATE, documents::put),
        new Route(GET, "/api/documents/{id}", READ, documents::one),
        new Route(DELETE, "/api/documents/{id}", OPERATE, documents::delete));
  }

  /// The protocol of chat front ends. [SocketMapping] opens sockets.
  private static List<Route> chats(Handlers handlers) {
    var chats = handlers.chats();
    return List.of(
        new Route(GET, "/health", OPEN, chats::health),
        new Route(GET, "/models", AUTHENTICATED, chats::models),
        new Route(GET, "/ws", AUTHENTICATED, chats::socket),
        new Route(POST, "/chat", USE, handlers.turns()::chat),
        new Route(POST, "/chat/warm", USE, chats::warm),
        new Route(GET, "/conversations/{id}", AUTHENTICATED, chats::history),
        new Route(DELETE, "/conversations/{id}", USE, chats::delete),
        new Route(GET, "/conversations/{id}/metrics", AUTHENTICATED, chats::metrics),
        new Route(POST, "/conversations/{id}/close", USE, chats::close),
        new Route(GET, "/conversations/{id}/cwd", AUTHENTICATED, chats::cwd),
        new Route(PUT, "/conversations/{id}/cwd", USE, chats::setCwd),
        new Route(GET, "/conversations/{id}/lsp", AUTHENTICATED, chats::languageServers));
  }

  private static List<Route> prompts(Handlers handlers) {
    var prompts = handlers.prompts();
    var ledger = handlers.ledger();
    return List.of(
        new Route(GET, "/api/prompts/conversations", READ, prompts::conversations),
        new Route(GET, "/api/prompts/conversations/{id}", AUTHENTICATED, prompts::conversation),
        new Route(PUT, "/api/prompts/conversations/{id}/warming", USE, prompts::setWarming),
        new Route(PUT, "/api/prompts/conversations/{id}/budget", OPERATE, prompts::setBudget),
        new Route(DELETE, "/api/prompts/conversations/{id}/budget", OPERATE, prompts::removeBudget),
        new Route(POST, "/api/prompts/conversations/{id}/hint", USE, prompts::hint),
        new Route(POST, "/api/prompts/conversations/{id}/warm", USE, prompts::warm),
        new Route(GET, "/api/prompts/conversations/{id}/warms", AUTHENTICATED, prompts::warms),
        new Route(GET, "/api/prompts/ledger", READ_OWN, ledger::sums),
        new Route(GET, "/api/prompts/ledger/entries", READ_OWN, ledger::entries),
        new Route(GET, "/api/prompts/budgets", READ_OWN, ledger::budgets));
  }

  record Route(
      HttpMethod method, String path, Access access, HandlerFunction<ServerResponse> handler) {

    /// Checks access and handles a request. Operators' actions and deletions are logged with the
    /// caller.
    ServerResponse handle(ServerRequest request) throws Exception {
      var caller = request.principal().orElse(null) instanceof Caller one ? one : null;
      access.require(caller);
      request.pathVariables().forEach(TextLimits::checked);
      var response = handler.handle(request);
      boolean isLogged = access == OPERATE || method.equals(DELETE);
      if (isLogged && caller != null && !caller.equals(Caller.ANYBODY)) {
        var path = request.servletRequest().getRequestURI();
        LOG.info("{}: {} {} {}", caller, method, path, response.statusCode().value());
      }
      return response;
    }

    /// Answers HEAD with the headers of GET. Streams are not started; for other responses Tomcat
    /// counts the bytes and sends none.
    ServerResponse head(ServerRequest request) throws Exception {
      var response = handle(request);
      return response instanceof EntityResponse<?>
          ? response
          : ServerResponse.status(response.statusCode())
              .headers(headers -> headers.addAll(response.headers()))
              .build();
    }
  }

  /// All routes except the OpenAPI document, which Springdoc serves.
  List<Route> all() {
    return all;
  }

  /// All routes, followed by the responses for requests that match none.
  public RouterFunction<ServerResponse> routes() {
    var routes = RouterFunctions.route();
    var methods = new LinkedHashMap<String, Set<HttpMethod>>();
    for (var route : all) {
      routes.route(method(route.method()).and(path(route.path())), route::handle);
      var allowed = methods.computeIfAbsent(route.path(), _ -> new TreeSet<>());
      allowed.add(route.method());
      if (route.method().equals(GET)) {
        routes.route(method(HEAD).and(path(route.path())), route::head);
        allowed.add(HEAD);
      }
    }
    methods.forEach((path, allowed) ->
        routes.route(path(path), request -> Problems.wrongMethod(request, allowed)));
    var described =
        ApiDocs.PATHS.stream().map(RequestPredicates::path).reduce((a, b) -> a.or(b)).orElseThrow();
    return routes
        .route(methods(GET, HEAD).and(described).negate(), Problems::notFound)
        .onError(_ -> true, Problems::of)
        .build();
  }
}
