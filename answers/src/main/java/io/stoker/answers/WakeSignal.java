package io.stoker.answers;

import io.stoker.Time;
import java.time.Duration;
import redis.clients.jedis.UnifiedJedis;

/// Tells workers that there may be something to do. Only a hint: a signal that is lost costs a
/// worker its next slow look at the queue, and nothing else. Thread-safe.
public interface WakeSignal extends AutoCloseable {

  /// A signal within this process.
  static WakeSignal inProcess() {
    return new InProcessWakeSignal();
  }

  /// A signal to all processes that share a Redis. While Redis is down, the worker of this process
  /// is woken all the same, and the others find out by themselves a little later.
  ///
  /// @param client stays the host's; not closed here
  /// @param namespace what the channel's name begins with, such as `stoker:`
  static WakeSignal redis(UnifiedJedis client, String namespace, Time time) {
    return new RedisWakeSignal(client, namespace, time);
  }

  /// Wakes whoever waits, and whoever waits next. Never fails.
  void wake();

  /// Waits for a signal that came since the last wait of this object, or until timeout is over.
  void await(Duration timeout) throws InterruptedException;

  /// Stops listening.
  @Override
  void close();
}
