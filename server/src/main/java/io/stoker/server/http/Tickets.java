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

/// What opens one stream or socket in the place of a token, where no header can be set. Kept in
/// memory, and so good on this node only. Thread-safe.
final class Tickets {

  /// How long a ticket is good for.
  static final Duration LIFE = Duration.ofSeconds(30);

  private static final int MOST = 10_000;
  private static final int RANDOM_BYTES = 32;

  private static final Problem TOO_MANY =
      new Problem(
          HttpStatus.TOO_MANY_REQUESTS,
          RateLimits.CODE,
          "expected at most " + MOST + " tickets that are not used yet. Use them, or wait 30 s");

  private final Predicate<Caller> inForce;
  private final Time time;
  private final SecureRandom random = new SecureRandom();

  /// In the order in which they end.
  private final Map<String, Open> open = new LinkedHashMap<>();

  /// @param inForce whether a caller may still call
  Tickets(Predicate<Caller> inForce, Time time) {
    this.inForce = inForce;
    this.time = time;
  }

  /// A ticket that was not used yet.
  private record Open(Caller caller, Duration end) {}

  /// A ticket as it is given out.
  ///
  /// @param ticket a secret
  record Ticket(String ticket, Instant expiresAt) {

    @Override
    public String toString() {
      return "a ticket until " + expiresAt;
    }
  }

  /// A ticket for a caller.
  ///
  /// @throws ProblemException if there are too many already
  synchronized Ticket issue(Caller caller) {
    var now = time.ticks();
    var oldest = open.values().iterator();
    while (oldest.hasNext() && oldest.next().end.compareTo(now) <= 0) {
      oldest.remove();
    }
    if (open.size() >= MOST) {
      throw new ProblemException(TOO_MANY);
    }
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    var ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    open.put(ticket, new Open(caller, now.plus(LIFE)));
    return new Ticket(ticket, time.now().plus(LIFE));
  }

  /// Takes a ticket.
  ///
  /// @return whose it is; empty if it was used or has ended, or its token is not in force any more
  Optional<Caller> take(String ticket) {
    return Optional.ofNullable(remove(ticket))
        .filter(one -> one.end.compareTo(time.ticks()) > 0)
        .map(Open::caller)
        .filter(inForce);
  }

  private synchronized @Nullable Open remove(String ticket) {
    return open.remove(ticket);
  }
}
