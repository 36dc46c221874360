package io.stoker.sessions;

import io.stoker.BackgroundLoop;
import io.stoker.Time;
import io.stoker.sessions.SessionStore.RevocationListener;
import io.stoker.sessions.SessionStore.Subscription;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// Receives revocations over Redis pub/sub. Those published while there is no connection are lost;
/// [RevocationListener#listening(boolean)] reports such gaps.
///
/// A message is `s` followed by a token hash, `u` followed by a user id, or `a` for all sessions.
final class RedisRevocationSubscriber extends JedisPubSub implements Subscription {

  private static final Logger LOG = LoggerFactory.getLogger(RedisRevocationSubscriber.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final RevocationListener listener;
  private final Time time;
  private final BackgroundLoop loop;

  // Confined to the loop's thread.
  private String reported = "";

  private RedisRevocationSubscriber(
      UnifiedJedis client, RedisKeys keys, RevocationListener listener, Time time) {
    this.client = client;
    this.keys = keys;
    this.listener = listener;
    this.time = time;
    this.loop = BackgroundLoop.virtual("stoker-session-revocations", this::run);
  }

  static Subscription listen(
      UnifiedJedis client, RedisKeys keys, RevocationListener listener, Time time) {
    var revocations = new RedisRevocationSubscriber(client, keys, listener, time);
    revocations.loop.start();
    return revocations;
  }

  /// What is published when everything is revoked. A process of an older version takes it for a
  /// user without an id; its entries are read anew by the fence.
  static final String EVERYTHING = "a";

  static String message(SessionKey key) {
    return "s" + key.name();
  }

  static String message(String userId) {
    return "u" + userId;
  }

  @Override
  public void onSubscribe(String channel, int subscribedChannels) {
    listener.listening(true);
  }

  @Override
  public void onMessage(String channel, String message) {
    try {
      dispatch(message);
    } catch (RuntimeException e) {
      // If rethrown, the connection would return to the pool while still subscribed.
      LOG.warn("Unreadable message on channel {}: {}", channel, e.getMessage());
    }
  }

  private void dispatch(String message) {
    if (message.equals(EVERYTHING)) {
      listener.revokedEverything();
      return;
    }
    var subject = message.substring(1);
    if (message.startsWith("s")) {
      listener.revoked(SessionKey.ofTokenHash(subject));
    } else {
      listener.revokedUser(subject);
    }
  }

  @Override
  public void close() {
    loop.end();
    try {
      if (isSubscribed()) {
        unsubscribe();
      }
    } catch (JedisException e) {
      LOG.debug("Could not unsubscribe: {}", e.getMessage());
    } finally {
      loop.close();
    }
  }

  private void run() throws InterruptedException {
    try {
      client.subscribe(this, keys.revocations());
      reported = "";
    } catch (JedisException e) {
      var why = String.valueOf(RedisErrors.of("subscribe to revocations", e).getMessage());
      if (!loop.hasEnded() && !why.equals(reported)) {
        reported = why;
        LOG.warn("Revocations are not received, so no session is kept in memory: {}", why);
      }
    } finally {
      listener.listening(false);
    }
    time.pause(PAUSE);
  }
}
