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

/// How a browser shows that its user knows a token: once, for a cookie that no script can read; and
/// how it opens streams and sockets where it can send neither. Thread-safe.
public final class SignIn {

  /// The cookie's name.
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
      throw authenticator.refusal(request.servletRequest(), true);
    }
    Access.AUTHENTICATED.require(caller.get());
    return withCookie(authenticator.cookies().of(caller.get()), SessionCookies.LIFE, request);
  }

  /// Whether a token is needed, and who this browser is; null if it is anonymous.
  ServerResponse state(ServerRequest request) {
    var caller = request.principal().orElse(null) instanceof Caller known ? known : null;
    return AnswerHandlers.json(
        ServerResponse.ok(),
        new AnswerWire.SignedIn(
            authenticator.tokens().areRequired(),
            caller != null,
            caller == null ? null : caller.role().word(),
            caller == null ? null : caller.name()));
  }

  ServerResponse ticket(ServerRequest request) {
    if (request.principal().orElse(null) instanceof Caller caller) {
      return AnswerHandlers.json(
          ServerResponse.status(HttpStatus.CREATED), authenticator.tickets().issue(caller));
    }
    throw new ProblemException(Authenticator.UNKNOWN_CALLER);
  }

  /// Ends the cookie that comes with a request, for whoever has a copy of it too.
  ServerResponse out(ServerRequest request) {
    if (request.principal().orElse(null) instanceof Caller caller) {
      authenticator.cookies().end(caller);
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
