package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.access.Caller;
import io.stoker.server.access.RevokedCookies;
import io.stoker.server.access.Tokens;
import io.stoker.server.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.util.WebUtils;

/// Identifies the caller of a request by the token in its header, the ticket in its URL, or the
/// cookie of [SignIn], and applies rate limits. Thread-safe.
public final class Authenticator {

  /// The query parameter that carries a ticket.
  static final String TICKET = "ticket";

  static final Problem UNKNOWN_CALLER =
      new Problem(
          HttpStatus.UNAUTHORIZED,
          "no-token",
          "expected the header 'Authorization: Bearer TOKEN' with a token that this server knows,"
              + " got none or another");

  private static final Problem REVOKED =
      new Problem(
          HttpStatus.UNAUTHORIZED,
          "no-token",
          "the token, cookie or ticket that opened this socket is no longer valid");

  private static final String BEARER = "Bearer ";

  private final Tokens tokens;
  private final RevokedCookies revokedCookies;
  private final SessionCookies cookies;
  private final Tickets tickets;
  private final RateLimits limits;
  private final FailedAuthentications failed;

  /// @param connections closes the connections of callers that lose access
  public Authenticator(
      Settings settings,
      Tokens tokens,
      RevokedCookies revokedCookies,
      ConnectionRegistry connections,
      Time time) {
    this.tokens = tokens;
    this.revokedCookies = revokedCookies;
    this.cookies = new SessionCookies(settings.token(), tokens, revokedCookies, time);
    this.tickets = new Tickets(this::admits, time);
    this.limits = new RateLimits(settings.rateLimit(), time);
    this.failed = new FailedAuthentications(time);
    connections.endUnless(this::admits);
  }

  /// Whether a caller that was admitted earlier still has access: its token is valid, and it has
  /// not signed out.
  boolean admits(Caller caller) {
    return tokens.isValid(caller) && !revokedCookies.contains(caller.cookie());
  }

  /// Adds a listener, which runs whenever a caller may have lost access. It has to be quick.
  void onChange(Runnable listener) {
    tokens.onChange(listener);
    revokedCookies.onChange(listener);
  }

  /// How many requests came with an invalid token or ticket.
  public long failures() {
    return failed.count();
  }

  Tokens tokens() {
    return tokens;
  }

  SessionCookies cookies() {
    return cookies;
  }

  Tickets tickets() {
    return tickets;
  }

  /// The result of identifying a caller.
  ///
  /// @param caller null if it is unknown
  /// @param hasTried whether it sent a token or a ticket, valid or not
  record Identity(@Nullable Caller caller, boolean hasTried) {

    private static Identity tried(Optional<Caller> caller) {
      return new Identity(caller.orElse(null), true);
    }
  }

  /// Identifies the caller, which uses up a ticket in the URL.
  Identity identify(HttpServletRequest request, boolean takesTickets) {
    if (!tokens.areRequired()) {
      return new Identity(Caller.ANYBODY, false);
    }
    var header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null) {
      return Identity.tried(
          header.regionMatches(true, 0, BEARER, 0, BEARER.length())
              ? tokens.find(header.substring(BEARER.length()).strip())
              : Optional.empty());
    }
    var ticket = takesTickets ? request.getParameter(TICKET) : null;
    if (ticket != null) {
      return Identity.tried(tickets.take(ticket));
    }
    return new Identity(signedIn(request).orElse(null), false);
  }

  /// The caller by its cookie, which is accepted from pages of this server only.
  private Optional<Caller> signedIn(HttpServletRequest request) {
    var cookie = WebUtils.getCookie(request, SignIn.COOKIE);
    return cookie == null || isOfAnotherSite(request)
        ? Optional.empty()
        : cookies.read(cookie.getValue());
  }

  private static boolean isOfAnotherSite(HttpServletRequest request) {
    var site = request.getHeader("Sec-Fetch-Site");
    if (site != null && Set.of("cross-site", "same-site").contains(site)) {
      return true;
    }
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var host = String.valueOf(request.getHeader(HttpHeaders.HOST));
    return origin != null
        && !origin.toLowerCase(Locale.ROOT).endsWith("://" + host.toLowerCase(Locale.ROOT));
  }

  /// The response to a request without a token, or with an invalid one.
  ProblemException unauthorized(HttpServletRequest request, boolean hasTried) {
    if (hasTried) {
      failed.record(request.getRemoteAddr());
    }
    var wait = hasTried ? limits.failure(request.getRemoteAddr()) : Duration.ZERO;
    return wait.isZero()
        ? new ProblemException(UNKNOWN_CALLER)
        : tooMany("wrong tokens from this address, expected at most 20 a minute", wait);
  }

  /// Counts a request of a caller.
  ///
  /// @throws ProblemException if it exceeds the rate limit
  void count(Caller caller) {
    var wait = tokens.areRequired() ? limits.request(caller.name()) : Duration.ZERO;
    if (!wait.isZero()) {
      throw tooMany("requests of " + caller.name() + " (stoker.rate-limit)", wait);
    }
  }

  /// Counts a frame of a caller's sockets, whatever its content; false if it exceeds the rate
  /// limit.
  boolean takesFrame(Caller caller) {
    return !tokens.areRequired() || limits.frame(caller.name());
  }

  /// Checks that the caller of an open socket still has this access.
  ///
  /// @throws ProblemException if it has not
  void require(@Nullable Caller caller, Access access) {
    if (caller == null || !admits(caller)) {
      throw new ProblemException(REVOKED);
    }
    access.require(caller);
    if (access != Access.AUTHENTICATED) {
      count(caller);
    }
  }

  private static ProblemException tooMany(String what, Duration wait) {
    long seconds = wait.plusSeconds(1).minusNanos(1).toSeconds();
    return new ProblemException(
        new Problem(
            HttpStatus.TOO_MANY_REQUESTS,
            RateLimits.CODE,
            "too many " + what + ". Wait " + seconds + " s",
            Map.of(Problem.RETRY_AFTER, seconds)));
  }
}
