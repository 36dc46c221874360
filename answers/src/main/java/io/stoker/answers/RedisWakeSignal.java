package io.stoker.answers;

import io.stoker.BackgroundLoop;
import io.stoker.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// A signal for the workers of all processes that share a Redis. While Redis is down, the worker of
/// this process is woken all the same, and the others find out by themselves a little later.
/// Thread-safe.
final class RedisWakeSignal extends JedisPubSub implements WakeSignal {

  private static final Logger LOG = LoggerFactory.getLogger(RedisWakeSignal.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final UnifiedJedis client;
  private final String channel;
  private final Time time;
  private final WakeSignal local = WakeSignal.inProcess();
  private final BackgroundLoop listener;
  private final BackgroundLoop teller;
  private final WakeSignal toTell = WakeSignal.inProcess();

  /// Begins to listen.
  ///
  /// @param client stays the host's; not closed here
  /// @param namespace what the channel's name begins with, such as `stoker:`
  RedisWakeSignal(UnifiedJedis client, String namespace, Time time) {
    this.client = client;
    this.channel = namespace + "answers:wake";
    this.time = time;
    this.listener = BackgroundLoop.virtual("stoker-answers-listener", this::listen);
    this.teller = BackgroundLoop.virtual("stoker-answers-teller", this::tell);
    listener.start();
    teller.start();
  }

  @Override
  public void wake() {
    local.wake();
    toTell.wake();
  }

  @Override
  public void await(Duration timeout) throws InterruptedException {
    local.await(timeout);
  }

  @Override
  public void onMessage(String from, String message) {
    local.wake();
  }

  /// On a thread of its own, so that a Redis that hangs holds nobody up who submits.
  private void tell() throws InterruptedException {
    toTell.await(Duration.ofHours(1));
    try {
      client.publish(channel, "");
    } catch (JedisException e) {
      LOG.debug("The other nodes were not woken: {}", e.getMessage());
    }
  }

  private void listen() throws InterruptedException {
    try {
      client.subscribe(this, channel);
    } catch (JedisException e) {
      LOG.debug("Wake-ups are not heard for the moment: {}", e.toString());
    } finally {
      local.wake();
    }
    time.pause(PAUSE);
  }

  @Override
  public void close() {
    listener.end();
    try {
      if (isSubscribed()) {
        unsubscribe();
      }
    } catch (JedisException e) {
      LOG.debug("Redis is not there to be told goodbye: {}", e.getMessage());
    } finally {
      listener.close();
      teller.close();
    }
  }
}
