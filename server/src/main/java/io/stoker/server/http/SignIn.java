package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.AccessToken;
import io.stoker.server.AnswerWire;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// How a browser shows that its user knows the token: once, for a cookie that no script can read.
/// Thread-safe.
public final class SignIn {

  /// The cookie's name.
  static final String COOKIE = "stoker_session";

  private static final Duration LIFE = Duration.ofHours(12);

  private final @Nullable AccessToken token;
  private final Time time;

  /// @param token what has to be known; null if nothing has
  public SignIn(@Nullable AccessToken token, Time time) {
    this.token = token;
    this.time = time;
  }

  ServerResponse in(ServerRequest request) throws IOException {
    var shown = Body.read(request, AnswerWire.SignIn.class, new AnswerWire.SignIn(null)).token();
    if (token == null) {
      return ServerResponse.noContent().build();
    }
    if (shown == null || !token.matches(shown)) {
      throw new Refusal(Guard.UNKNOWN_CALLER);
    }
    return withCookie(token.pass(time.now().plus(LIFE)), LIFE, request);
  }

  /// Whether a token is needed, and whether this browser is in.
  ServerResponse state(ServerRequest request) {
    return AnswerHandlers.json(
        ServerResponse.ok(),
        Map.of("token_needed", token != null, "signed_in", request.principal().isPresent()));
  }

  ServerResponse out(ServerRequest request) {
    return withCookie("", Duration.ZERO, request);
  }

  private static ServerResponse withCookie(String value, Duration life, ServerRequest request) {
    var cookie =
        ResponseCookie.from(COOKIE, value)
            .httpOnly(true)
            .sameSite("Strict")
            .secure(request.servletRequest().isSecure())
            .path("/")
            .maxAge(life)
            .build();
    return ServerResponse.noContent().header(HttpHeaders.SET_COOKIE, cookie.toString()).build();
  }
}
