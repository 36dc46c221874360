package io.stoker.server.http;

import io.stoker.CallException;
import io.stoker.StokerException;
import io.stoker.WorkRefusedException;
import io.stoker.answers.IllegalActionException;
import io.stoker.answers.QuestionList;
import io.stoker.answers.rag.UnreadableDocumentException;
import io.stoker.prompts.ConversationTakenException;
import io.stoker.prompts.PromptLimitException;
import io.stoker.prompts.TurnInProgressException;
import io.stoker.prompts.WarmRefusedException;
import io.stoker.server.settings.MissingSettingException;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.SessionWire;
import jakarta.servlet.RequestDispatcher;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// Maps exceptions to [Problem]s, and creates those for requests without a handler.
final class Problems {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private Problems() {}

  static ServerResponse of(Throwable e, ServerRequest request) {
    return fit(problem(e, request), request).response();
  }

  private static Problem fit(Problem problem, ServerRequest request) {
    return ChatHandlers.isChat(request.path()) ? problem.forChats() : problem;
  }

  static Problem problem(Throwable e, ServerRequest request) {
    return switch (e) {
      case ProblemException refusal -> refusal.problem();
      case InvalidValueException bad ->
          new Problem(HttpStatus.BAD_REQUEST, "bad-value", String.valueOf(bad.getMessage()));
      case MissingSettingException missing ->
          new Problem(
              HttpStatus.SERVICE_UNAVAILABLE,
              "not-configured",
              missing.getMessage() + ", and start the server again");
      case IllegalActionException illegal ->
          new Problem(
              HttpStatus.CONFLICT,
              "illegal-move",
              request.path() + " " + illegal.getMessage(),
              Map.of("state", illegal.state()));
      case WorkRefusedException refused -> work(refused);
      case QuestionList.InvalidException bad -> list(bad, request);
      case UnreadableDocumentException bad -> document(bad);
      case CallException failed -> call(failed, request);
      case TurnInProgressException busy ->
          new Problem(HttpStatus.CONFLICT, "generating", String.valueOf(busy.getMessage()));
      case WarmRefusedException refused ->
          new Problem(HttpStatus.CONFLICT, "warm-refused", String.valueOf(refused.getMessage()));
      case PromptLimitException reached ->
          new Problem(
              HttpStatus.CONFLICT,
              reached.code().name().toLowerCase(Locale.ROOT).replace('_', '-'),
              String.valueOf(reached.getMessage()));
      case ConversationTakenException taken ->
          new Problem(HttpStatus.CONFLICT, "taken-over", String.valueOf(taken.getMessage()));
      case StokerException trouble ->
          new Problem(
              HttpStatus.SERVICE_UNAVAILABLE,
              SessionWire.ErrorBody.label(trouble.code()),
              String.valueOf(trouble.getMessage()));
      default -> {
        LOG.error("{} {} failed: internal error", request.method(), request.path(), e);
        yield new Problem(
            HttpStatus.INTERNAL_SERVER_ERROR, "fault", "Internal error; see Stoker's log");
      }
    };
  }

  /// Requests for answers call the pipeline; all others call a provider.
  private static Problem call(CallException failed, ServerRequest request) {
    boolean isPipeline = request.path().startsWith("/api/answers/");
    var code = isPipeline ? failed.code() : failed.code().broad();
    return new Problem(
        code == CallException.Code.TIMED_OUT ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY,
        (isPipeline ? "pipeline-" : "provider-")
            + code.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        (isPipeline ? "The pipeline has no answer: " : "") + failed.getMessage());
  }

  /// An invalid list is 422 in JSON, whose syntax is valid, but 400 in a file.
  private static Problem list(QuestionList.InvalidException bad, ServerRequest request) {
    var type = String.valueOf(request.servletRequest().getContentType());
    var status =
        type.startsWith("application/json")
            ? HttpStatus.UNPROCESSABLE_CONTENT
            : HttpStatus.BAD_REQUEST;
    var detail = String.valueOf(bad.getMessage());
    var line =
        bad.line() == 0 ? Map.<String, Object>of() : Map.<String, Object>of("line", bad.line());
    return switch (bad.code()) {
      case TOO_LARGE -> new Problem(HttpStatus.CONTENT_TOO_LARGE, "too-large", detail, line);
      case NOT_UTF8 -> new Problem(HttpStatus.BAD_REQUEST, "not-utf-8", detail, line);
      case TOO_MANY -> new Problem(status, "too-many", detail, line);
      case TOO_LONG -> new Problem(status, "too-long", detail, line);
      case EMPTY -> new Problem(status, "no-questions", detail, line);
    };
  }

  private static Problem work(WorkRefusedException refused) {
    return switch (refused.code()) {
      case BUSY ->
          new Problem(HttpStatus.SERVICE_UNAVAILABLE, "busy", String.valueOf(refused.getMessage()));
      case TOO_LONG ->
          new Problem(
              HttpStatus.UNPROCESSABLE_CONTENT,
              "too-much-work",
              String.valueOf(refused.getMessage()));
    };
  }

  private static Problem document(UnreadableDocumentException bad) {
    var status =
        switch (bad.code()) {
          case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
          case UNKNOWN_KIND -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
          case NOT_UTF_8, EMPTY, ENCRYPTED, NO_TEXT, DAMAGED -> HttpStatus.BAD_REQUEST;
        };
    return new Problem(
        status,
        "document-" + bad.code().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        String.valueOf(bad.getMessage()));
  }

  /// Thrown for a resource that does not exist.
  static ProblemException unknown(String what, String id) {
    return new ProblemException(
        HttpStatus.NOT_FOUND, "unknown-" + what, "There is no " + what + " " + id);
  }

  /// The response for a path that exists, but not with this method.
  static ServerResponse wrongMethod(ServerRequest request, Set<HttpMethod> allowed) {
    var list = allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    var problem =
        new Problem(
            HttpStatus.METHOD_NOT_ALLOWED,
            "wrong-method",
            "expected " + list + " at " + request.path() + ", got " + request.method());
    return fit(problem, request).response(HttpHeaders.ALLOW, list);
  }

  /// The problem for a request that Tomcat has rejected with only a status.
  ///
  /// @param path null if it could not be read
  static Problem refused(HttpStatus status, @Nullable Object path) {
    var problem =
        status == HttpStatus.BAD_REQUEST
            ? new Problem(
                status,
                "bad-request",
                "expected a request as in RFC 9112, with at most 8 kB of headers, got one"
                    + " whose first line, headers or path cannot be read")
            : new Problem(status, "refused", "Rejected with " + status.getReasonPhrase());
    return path != null && ChatHandlers.isChat(path.toString()) ? problem.forChats() : problem;
  }

  /// The response for an unknown path, or for a request that Tomcat has rejected.
  static ServerResponse notFound(ServerRequest request) {
    var refused = request.servletRequest().getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    var status = refused instanceof Integer number ? HttpStatus.resolve(number) : null;
    if (status != null) {
      var path = request.servletRequest().getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
      return refused(status, path).response();
    }
    return fit(unknownPath(request.path()), request).response();
  }

  static Problem unknownPath(String path) {
    return new Problem(
        HttpStatus.NOT_FOUND,
        "unknown-path",
        "There is nothing at " + path + ". docs/protocol.md lists all paths");
  }
}
