package io.stoker.answers;

import io.stoker.BackgroundLoop;
import io.stoker.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// A signal to the workers of all processes, over Redis Pub/Sub. Thread-safe.
final class RedisWakeSignal extends JedisPubSub implements WakeSignal {

  private static final Logger LOG = LoggerFactory.getLogger(RedisWakeSignal.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final UnifiedJedis client;
  private final String channel;
  private final Time time;
  private final WakeSignal local = WakeSignal.inProcess();
  private final BackgroundLoop listener;
  private final BackgroundLoop publisher;
  private final WakeSignal toPublish = WakeSignal.inProcess();

  /// Starts listening.
  ///
  /// @param client not closed here
  /// @param namespace prefix of the channel name, such as `stoker:`
  RedisWakeSignal(UnifiedJedis client, String namespace, Time time) {
    this.client = client;
    this.channel = namespace + "answers:wake";
    this.time = time;
    this.listener = BackgroundLoop.virtual("stoker-answers-listener", this::listen);
    this.publisher = BackgroundLoop.virtual("stoker-answers-publisher", this::publish);
    listener.start();
    publisher.start();
  }

  @Override
  public void wake() {
    local.wake();
    toPublish.wake();
  }

  @Override
  public void await(Duration timeout) throws InterruptedException {
    local.await(timeout);
  }

  @Override
  public void onMessage(String from, String message) {
    local.wake();
  }

  /// On its own thread, so that a hanging Redis does not block callers of [#wake()].
  private void publish() throws InterruptedException {
    toPublish.await(Duration.ofHours(1));
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
      LOG.debug("The subscription to wake signals ended and is renewed: {}", e.toString());
    } finally {
      local.wake();
    }
    time.pause(RETRY_DELAY);
  }

  @Override
  public void close() {
    listener.end();
    try {
      if (isSubscribed()) {
        unsubscribe();
      }
    } catch (JedisException e) {
      LOG.debug("The subscription to wake signals could not be cancelled: {}", e.getMessage());
    } finally {
      listener.close();
      publisher.close();
    }
  }
}
