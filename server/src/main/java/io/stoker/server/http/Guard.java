package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.AccessToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.WebUtils;

/// Who may come in.
///
/// With a token: whoever shows it, or the cookie that [SignIn] gave for it, and anybody to the
/// front page and to bare health. Without one the server listens to this machine only, and what
/// remains are web pages open in a browser on it: they are told by the `Host` they believe to talk
/// to (DNS rebinding) and by their `Origin`. Thread-safe.
public final class Guard extends OncePerRequestFilter {

  private static final String BEARER = "Bearer ";
  private static final Pattern CONSOLE = Pattern.compile(Console.OPEN);
  private static final Pattern OPEN =
      Pattern.compile(Console.OPEN + "|/api/session|/actuator/health(/[a-z]+)?");
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  static final Problem UNKNOWN_CALLER =
      new Problem(
          HttpStatus.UNAUTHORIZED,
          "no-token",
          "wanted the header 'Authorization: Bearer TOKEN' with the server's STOKER_TOKEN, but came"
              + " none or another");

  private static final Problem FOREIGN_HOST =
      new Problem(
          HttpStatus.FORBIDDEN,
          "foreign-host",
          "wanted a Host header such as localhost or 127.0.0.1, but came another. To use another"
              + " name, set STOKER_TOKEN");

  private static final Problem FOREIGN_ORIGIN =
      new Problem(
          HttpStatus.FORBIDDEN,
          "foreign-origin",
          "wanted a page of this server, but the Origin header names another");

  private final @Nullable AccessToken token;
  private final Time time;

  /// @param token what callers have to show; null if only this machine can call
  public Guard(@Nullable AccessToken token, Time time) {
    this.token = token;
    this.time = time;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    protect(request, response);
    var problem = token == null ? foreign(request) : null;
    if (problem != null) {
      problem.write(response);
    } else if (token == null || isKnown(request, token)) {
      chain.doFilter(new Known(request), response);
    } else if (OPEN.matcher(request.getRequestURI()).matches()) {
      chain.doFilter(request, response);
    } else {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      UNKNOWN_CALLER.write(response);
    }
  }

  private static void protect(HttpServletRequest request, HttpServletResponse response) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", Console.POLICY);
    var kept = CONSOLE.matcher(request.getRequestURI()).matches();
    response.setHeader(HttpHeaders.CACHE_CONTROL, kept ? "no-cache" : "no-store");
  }

  private static @Nullable Problem foreign(HttpServletRequest request) {
    var host = request.getHeader(HttpHeaders.HOST);
    if (host == null || !LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      return FOREIGN_HOST;
    }
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var own = request.getScheme() + "://" + host;
    return origin == null || origin.equalsIgnoreCase(own) ? null : FOREIGN_ORIGIN;
  }

  private boolean isKnown(HttpServletRequest request, AccessToken token) {
    var shown = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (shown == null) {
      return isSignedIn(request, token);
    }
    return shown.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && token.matches(shown.substring(BEARER.length()).strip());
  }

  /// By the cookie of [SignIn], which counts for pages of this server only.
  private boolean isSignedIn(HttpServletRequest request, AccessToken token) {
    var cookie = WebUtils.getCookie(request, SignIn.COOKIE);
    return cookie != null && !isForeignPage(request) && token.admits(cookie.getValue(), time.now());
  }

  private static boolean isForeignPage(HttpServletRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var host = String.valueOf(request.getHeader(HttpHeaders.HOST));
    return origin != null
        && !origin.toLowerCase(Locale.ROOT).endsWith("://" + host.toLowerCase(Locale.ROOT));
  }

  /// A request of somebody who may see everything, which is how Actuator knows whom to tell
  /// details.
  private static final class Known extends HttpServletRequestWrapper {

    private static final Principal OPERATOR = () -> "operator";

    Known(HttpServletRequest request) {
      super(request);
    }

    @Override
    public Principal getUserPrincipal() {
      return OPERATOR;
    }
  }
}
