package io.stoker.answers;

import io.stoker.Time;
import java.time.Duration;
import redis.clients.jedis.UnifiedJedis;

/// Wakes the worker when there may be something to do. Only a hint: after a lost signal the worker
/// finds out at its next poll. Thread-safe.
public interface WakeSignal extends AutoCloseable {

  /// A signal within this process.
  static WakeSignal inProcess() {
    return new InProcessWakeSignal();
  }

  /// A signal to all processes that share a Redis. While Redis is down it only reaches this
  /// process.
  ///
  /// @param client not closed here
  /// @param namespace prefix of the channel name, such as `stoker:`
  static WakeSignal redis(UnifiedJedis client, String namespace, Time time) {
    return new RedisWakeSignal(client, namespace, time);
  }

  /// Ends the current wait, or the next one if there is none. Never fails.
  void wake();

  /// Waits for a signal since the last wait, at most until the timeout.
  void await(Duration timeout) throws InterruptedException;

  /// Stops listening.
  @Override
  void close();
}
