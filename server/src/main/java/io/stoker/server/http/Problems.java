package io.stoker.server.http;

import io.stoker.StokerException;
import io.stoker.server.BadValue;
import io.stoker.server.Unconfigured;
import io.stoker.server.Wire;
import jakarta.servlet.RequestDispatcher;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// Which [Problem] an exception is, and those that no handler sees.
final class Problems {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private Problems() {}

  static ServerResponse of(Throwable e, ServerRequest request) {
    return problem(e, request).response();
  }

  private static Problem problem(Throwable e, ServerRequest request) {
    return switch (e) {
      case Refusal refusal -> refusal.problem();
      case BadValue bad ->
          new Problem(HttpStatus.BAD_REQUEST, "bad-value", String.valueOf(bad.getMessage()));
      case Unconfigured missing ->
          new Problem(
              HttpStatus.SERVICE_UNAVAILABLE,
              "not-configured",
              missing.getMessage() + ", and start the server again");
      case StokerException trouble ->
          new Problem(
              HttpStatus.SERVICE_UNAVAILABLE,
              Wire.Trouble.label(trouble.code()),
              String.valueOf(trouble.getMessage()));
      default -> {
        LOG.error("{} {} failed by a fault of Stoker's", request.method(), request.path(), e);
        yield new Problem(
            HttpStatus.INTERNAL_SERVER_ERROR, "fault", "A fault of Stoker's; its log says more");
      }
    };
  }

  /// For a path that exists, but not with this method.
  static ServerResponse wrongMethod(ServerRequest request, Set<HttpMethod> allowed) {
    var list = allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
    var problem =
        new Problem(
            HttpStatus.METHOD_NOT_ALLOWED,
            "wrong-method",
            request.path() + " wants " + list + ", but came " + request.method());
    return ServerResponse.from(problem.response()).header("Allow", list).body(problem.json());
  }

  /// For a path that does not exist, and for what Tomcat refused by itself.
  static ServerResponse unknown(ServerRequest request) {
    var refused = request.servletRequest().getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    var status = refused instanceof Integer number ? HttpStatus.resolve(number) : null;
    if (status != null) {
      return new Problem(status, "refused", "Refused as " + status.getReasonPhrase()).response();
    }
    return new Problem(
            HttpStatus.NOT_FOUND,
            "unknown-path",
            "There is nothing at " + request.path() + ". The page at / names what there is")
        .response();
  }
}
