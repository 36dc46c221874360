package io.stoker.server.http;

import io.stoker.server.access.Caller;
import io.stoker.server.wire.AnswerWire;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers with which browsers sign in and out: they exchange a token for a cookie that
/// scripts cannot read, and get tickets for streams and sockets. Thread-safe.
public final class SignIn {

  static final String COOKIE = "stoker_session";

  private final Authenticator authenticator;

  public SignIn(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  ServerResponse in(ServerRequest request) throws IOException {
    var shown =
        JsonBody.read(request, AnswerWire.SignIn.class, new AnswerWire.SignIn(null)).token();
    if (!authenticator.tokens().areRequired()) {
      return ServerResponse.noContent().build();
    }
    var caller = authenticator.tokens().find(shown == null ? "" : shown.strip());
    if (caller.isEmpty()) {
      throw authenticator.unauthorized(request.servletRequest(), true);
    }
    Access.AUTHENTICATED.require(caller.get());
    return withCookie(authenticator.cookies().issue(caller.get()), SessionCookies.TTL, request);
  }

  /// Whether a token is required, and the caller if it is signed in.
  ServerResponse state(ServerRequest request) {
    var caller = request.principal().orElse(null) instanceof Caller known ? known : null;
    return JsonBody.ok(
        new AnswerWire.SignedIn(
            authenticator.tokens().areRequired(),
            caller != null,
            caller == null ? null : caller.role().label(),
            caller == null ? null : caller.name()));
  }

  ServerResponse ticket(ServerRequest request) {
    if (request.principal().orElse(null) instanceof Caller caller) {
      return JsonBody.response(
          ServerResponse.status(HttpStatus.CREATED), authenticator.tickets().issue(caller));
    }
    throw new ProblemException(Authenticator.UNKNOWN_CALLER);
  }

  /// Revokes the request's cookie, including copies of it.
  ServerResponse out(ServerRequest request) {
    if (request.principal().orElse(null) instanceof Caller caller) {
      authenticator.cookies().revoke(caller);
    }
    return withCookie("", Duration.ZERO, request);
  }

  private static ServerResponse withCookie(String value, Duration life, ServerRequest request) {
    var cookie =
        ResponseCookie.from(COOKIE, value)
            .httpOnly(true)
            .sameSite("Strict")
            .secure(request.servletRequest().isSecure())
            .path(ForwardedRequest.prefix(request.servletRequest()) + "/")
            .maxAge(life)
            .build();
    return ServerResponse.noContent().header(HttpHeaders.SET_COOKIE, cookie.toString()).build();
  }
}
