package io.stoker.server.settings;

import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The settings under `stoker.http.`.
///
/// @param connections maximum number of connections in use by callers with a token: requests in
///   progress, streams and sockets. As many again are reserved for health checks and anonymous
///   callers, where new connections replace the oldest
/// @param connectionsPerCaller maximum number of these connections per token
/// @param requestTimeout how long the headers of a request may take to arrive, and how long a
///   request without a token may take in total
/// @param bodyTimeout how long the body of a request may take to arrive
/// @param pingEvery interval of WebSocket pings; a socket that misses two pings is closed
public record HttpSettings(
    @DefaultValue("4000") int connections,
    @DefaultValue("1000") int connectionsPerCaller,
    @DefaultValue("60s") Duration requestTimeout,
    @DefaultValue("5m") Duration bodyTimeout,
    @DefaultValue("30s") Duration pingEvery) {

  private static final int MOST = 500_000;

  /// @throws InvalidValueException naming the first invalid setting
  void check() {
    requireWithin("connections", connections);
    requireWithin("connections-per-caller", connectionsPerCaller);
    requirePositive("request-timeout", requestTimeout);
    requirePositive("body-timeout", bodyTimeout);
    requirePositive("ping-every", pingEvery);
  }

  private static void requireWithin(String key, int count) {
    if (count < 1 || count > MOST) {
      throw new InvalidValueException(
          "stoker.http." + key, "expected 1 to " + MOST + ", got " + count);
    }
  }

  private static void requirePositive(String key, Duration duration) {
    if (!duration.isPositive()) {
      throw new InvalidValueException(
          "stoker.http." + key, "expected more than 0s, got " + DurationFormat.format(duration));
    }
  }
}
