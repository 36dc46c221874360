package io.stoker.answers;

import io.stoker.CallException;
import io.stoker.Time;
import io.stoker.wire.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A cache of answers in Redis, each a JSON object that expires with its answer. Thread-safe.
///
/// After a failed call Redis is not called for a second, so that a hanging one delays few callers.
final class RedisAnswerCache implements SharedAnswerCache {

  private static final Logger LOG = LoggerFactory.getLogger(RedisAnswerCache.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final UnifiedJedis client;
  private final String prefix;
  private final Time time;
  private volatile @Nullable Duration retryAt;

  RedisAnswerCache(UnifiedJedis client, String namespace, Time time) {
    this.client = client;
    this.prefix = namespace + "answers:kept:";
    this.time = time;
  }

  @Override
  public Optional<CachedAnswer> get(String versionedKey) {
    var json = call(() -> client.get(prefix + versionedKey));
    try {
      return json == null ? Optional.empty() : Optional.of(answer(Json.object(json)));
    } catch (CallException | JacksonException | DateTimeException | IllegalArgumentException e) {
      LOG.warn(
          "The copy {} of an answer in Redis cannot be read: {}", versionedKey, e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void put(String versionedKey, CachedAnswer answer) {
    long ttl = Duration.between(time.now(), answer.expiresAt()).toMillis();
    if (ttl > 0) {
      var json = json(answer);
      call(() -> client.set(prefix + versionedKey, json, SetParams.setParams().px(ttl)));
    }
  }

  @Override
  public void remove(List<String> versionedKeyes) {
    for (var versionedKey : versionedKeyes) {
      call(() ->
          Long.toString(
              client.unlink(
                  prefix
                      + versionedKey))); // one by one, since keys of a cluster may be in different
      // slots
    }
  }

  private @Nullable String call(Supplier<@Nullable String> command) {
    var until = retryAt;
    if (until != null && time.ticks().compareTo(until) < 0) {
      return null;
    }
    try {
      var reply = command.get();
      retryAt = null;
      return reply;
    } catch (JedisException e) {
      retryAt = time.ticks().plus(RETRY_DELAY);
      LOG.debug("Redis failed and is not called for a second: {}", e.getMessage());
      return null;
    }
  }

  private static String json(CachedAnswer cached) {
    var answer = cached.answer();
    var sources = new ArrayList<Map<String, Object>>();
    for (var source : answer.sources()) {
      sources.add(
          Map.of(
              "document", source.document(),
              "version", source.version(),
              "title", source.title(),
              "passage", source.passage(),
              "score", source.score()));
    }
    var members = new LinkedHashMap<String, Object>();
    members.put("key", cached.key());
    members.put("question", cached.question());
    members.put("scope", cached.scope());
    members.put("aliases", cached.wordings());
    members.put("answer", answer.text());
    members.put("sources", sources);
    members.put("confidence", answer.confidence());
    members.put("model", answer.model());
    members.put("not_cacheable", answer.notCacheable());
    members.put("stored_at", cached.storedAt().truncatedTo(ChronoUnit.MICROS).toString());
    members.put("expires_at", cached.expiresAt().truncatedTo(ChronoUnit.MICROS).toString());
    return Json.write(members);
  }

  private static CachedAnswer answer(JsonNode json) {
    var answer =
        new Answer(
            json.path("answer").asString(),
            Json.items(json.path("sources")).stream().map(RedisAnswerCache::source).toList(),
            json.path("confidence").asInt(),
            json.path("model").asString(),
            json.path("not_cacheable").asString());
    return new CachedAnswer(
        json.path("key").asString(),
        json.path("question").asString(),
        json.path("scope").asString(),
        Json.items(json.path("aliases")).stream().map(JsonNode::asString).toList(),
        answer,
        Instant.parse(json.path("stored_at").asString()),
        Instant.parse(json.path("expires_at").asString()),
        false,
        0);
  }

  private static Answer.Source source(JsonNode json) {
    return new Answer.Source(
        json.path("document").asString(),
        json.path("version").asLong(),
        json.path("title").asString(),
        json.path("passage").asString(),
        json.path("score").asDouble());
  }
}
