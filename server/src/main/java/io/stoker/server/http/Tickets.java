package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.access.Caller;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Single-use tickets that open one stream or socket instead of a token, for clients that cannot
/// set a header. They are held in memory, and so valid on this node only. Thread-safe.
final class Tickets {

  static final Duration TTL = Duration.ofSeconds(30);

  private static final int MAX_UNUSED = 10_000;
  private static final int RANDOM_BYTES = 32;

  private static final Problem TOO_MANY =
      new Problem(
          HttpStatus.TOO_MANY_REQUESTS,
          RateLimits.CODE,
          "expected at most " + MAX_UNUSED + " unused tickets. Use them, or wait 30 s");

  private final Predicate<Caller> isValid;
  private final Time time;
  private final SecureRandom random = new SecureRandom();

  /// In order of expiry.
  private final Map<String, Unused> unused = new LinkedHashMap<>();

  /// @param isValid whether a caller still has access
  Tickets(Predicate<Caller> isValid, Time time) {
    this.isValid = isValid;
    this.time = time;
  }

  private record Unused(Caller caller, Duration end) {}

  /// An issued ticket.
  ///
  /// @param ticket a secret
  record Ticket(String ticket, Instant expiresAt) {

    @Override
    public String toString() {
      return "a ticket until " + expiresAt;
    }
  }

  /// Issues a ticket.
  ///
  /// @throws ProblemException if there are too many unused ones
  synchronized Ticket issue(Caller caller) {
    var now = time.ticks();
    var oldest = unused.values().iterator();
    while (oldest.hasNext() && oldest.next().end.compareTo(now) <= 0) {
      oldest.remove();
    }
    if (unused.size() >= MAX_UNUSED) {
      throw new ProblemException(TOO_MANY);
    }
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    var ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    unused.put(ticket, new Unused(caller, now.plus(TTL)));
    return new Ticket(ticket, time.now().plus(TTL));
  }

  /// Uses a ticket up.
  ///
  /// @return its caller; empty if it was used or has expired, or its caller has lost access
  Optional<Caller> take(String ticket) {
    return Optional.ofNullable(remove(ticket))
        .filter(one -> one.end.compareTo(time.ticks()) > 0)
        .map(Unused::caller)
        .filter(isValid);
  }

  private synchronized @Nullable Unused remove(String ticket) {
    return unused.remove(ticket);
  }
}
