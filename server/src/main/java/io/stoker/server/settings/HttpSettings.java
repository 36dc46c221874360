package io.stoker.server.settings;

import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set under `stoker.http.`.
///
/// @param connections how many connections callers with a token may use at a time: requests that
///   are being answered, streams and sockets. As many again are kept for health and for who is not
///   known, where the oldest make room for new ones
/// @param connectionsPerCaller how many of them one token may use
/// @param requestTimeout how long the headers of a request may take to arrive, and a request
///   without a token to be answered
/// @param bodyTimeout how long the body of a request may take to arrive
/// @param pingEvery how often sockets are pinged; one that lets two pings pass is closed
public record HttpSettings(
    @DefaultValue("4000") int connections,
    @DefaultValue("1000") int connectionsPerCaller,
    @DefaultValue("60s") Duration requestTimeout,
    @DefaultValue("5m") Duration bodyTimeout,
    @DefaultValue("30s") Duration pingEvery) {

  private static final int MOST = 500_000;

  /// Looks at everything that can be wrong.
  ///
  /// @throws InvalidValueException if something is
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
          "stoker.http." + key, "must be positive but was " + DurationFormat.format(duration));
    }
  }
}
