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
import java.util.List;
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
/// to (DNS rebinding) and by their `Origin`. Front ends of chats may be pages of other servers: of
/// any on this machine, and of those that were named. Thread-safe.
public final class Guard extends OncePerRequestFilter {

  private static final String BEARER = "Bearer ";
  private static final Pattern CONSOLE = Pattern.compile(Console.OPEN);
  private static final Pattern OPEN =
      Pattern.compile(Console.OPEN + "|/api/session|/health|/actuator/health(/[a-z]+)?");
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  private static final Pattern LOCAL_PAGE = Pattern.compile("https?://" + LOOPBACK.pattern());

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
          "wanted a page of this server, but the Origin header names another. Pages that may use"
              + " chats are set in stoker.prompts.origins");

  private final @Nullable AccessToken token;
  private final Chats chats;
  private final Time time;

  /// Who may come in to chats.
  ///
  /// @param origins pages of other servers that may, in lower case
  /// @param socketPort a port that has sockets and nothing else; 0 for none
  public record Chats(List<String> origins, int socketPort) {

    /// Copies the list.
    public Chats {
      origins = List.copyOf(origins);
    }

    private boolean isWelcome(String origin) {
      var lower = origin.toLowerCase(Locale.ROOT);
      return LOCAL_PAGE.matcher(lower).matches() || origins.contains(lower);
    }
  }

  /// @param token what callers have to show; null if only this machine can call
  public Guard(@Nullable AccessToken token, Chats chats, Time time) {
    this.token = token;
    this.chats = chats;
    this.time = time;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    protect(request, response);
    var problem = turnedAway(request, response);
    if (problem != null) {
      (isChat(request) ? problem.forChats() : problem).write(response);
    } else if (isPreflight(request)) {
      allow(response);
    } else {
      boolean known = token == null || isKnown(request, token);
      chain.doFilter(known ? new Known(request) : request, response);
    }
  }

  /// Why a request goes no further; null if it does.
  private @Nullable Problem turnedAway(HttpServletRequest request, HttpServletResponse response) {
    var foreign = token == null ? foreign(request) : null;
    if (foreign != null) {
      return foreign;
    }
    if (isChat(request)) {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
      response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, ChatStream.ID);
    }
    if (token != null && !isOpen(request) && !isKnown(request, token)) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      return UNKNOWN_CALLER;
    }
    if (request.getLocalPort() == chats.socketPort && !SocketDoor.isKnock(request)) {
      response.setHeader(HttpHeaders.UPGRADE, "websocket");
      return ChatHandlers.upgradeRequired(request.getRequestURI());
    }
    return null;
  }

  private static boolean isChat(HttpServletRequest request) {
    return SocketDoor.isKnock(request) || ChatHandlers.isChat(request.getRequestURI());
  }

  /// What browsers ask before they let a page of another server ask.
  private static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null
        && isChat(request);
  }

  private void allow(HttpServletResponse response) {
    response.setStatus(HttpStatus.NO_CONTENT.value());
    response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, OPTIONS");
    response.setHeader(
        HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
        token == null ? "Content-Type" : "Content-Type, Authorization");
  }

  /// Whether a request says nothing that strangers may not know.
  private static boolean isOpen(HttpServletRequest request) {
    return isPreflight(request)
        || (!SocketDoor.isKnock(request) && OPEN.matcher(request.getRequestURI()).matches());
  }

  private static void protect(HttpServletRequest request, HttpServletResponse response) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", Console.POLICY);
    var kept = CONSOLE.matcher(request.getRequestURI()).matches();
    response.setHeader(HttpHeaders.CACHE_CONTROL, kept ? "no-cache" : "no-store");
  }

  private @Nullable Problem foreign(HttpServletRequest request) {
    var host = request.getHeader(HttpHeaders.HOST);
    if (host == null || !LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      return FOREIGN_HOST;
    }
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var own = request.getScheme() + "://" + host;
    return origin == null
            || origin.equalsIgnoreCase(own)
            || (isChat(request) && chats.isWelcome(origin))
        ? null
        : FOREIGN_ORIGIN;
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
