package io.stoker.server.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.server.doctor.Doctor.Check;
import io.stoker.server.settings.RedisUrl;
import io.stoker.server.settings.Settings;
import io.stoker.sessions.RedisRights;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// Checks that Redis answers, is protected and does not evict revocations. Thread-safe.
final class RedisChecks {

  private static final String REDIS = "redis";
  private static final String RIGHTS = "redis rights";
  private static final String POLICY = "redis memory";
  private static final String SAFE_POLICY = "noeviction";
  private static final String CLOCK = "clock of redis";
  private static final long NANOS_A_MICRO = 1000;

  private final Settings settings;
  private final Time time;

  RedisChecks(Settings settings, Time time) {
    this.settings = settings;
    this.time = time;
  }

  List<Check> all() {
    var url = settings.redisUrl();
    return url == null ? List.of() : List.of(new Check(REDIS, () -> check(url)));
  }

  private List<CheckResult> check(RedisUrl url) {
    var results = new ArrayList<CheckResult>();
    var opened = new ArrayDeque<Runnable>();
    try (var client = url.open()) {
      // Throws a readable message about a wrong address, login or missing rights.
      var _ = url.sessions(settings.sessions().namespace(), time, opened::push).lock().mark();
      RedisRights.missing(client, settings.sessions().namespace())
          .ifPresent(missing -> results.add(rights(missing)));
      var about = about(client);
      results.add(
          CheckResult.ok(
              REDIS,
              "Redis "
                  + about.getOrDefault("redis_version", "of an unknown version")
                  + " at "
                  + url));
      if (about.getOrDefault("role", "").equals("slave")) {
        results.add(
            CheckResult.fail(REDIS, "it is a read-only replica", "Use the address of the primary"));
      }
      if (!url.isProtected()) {
        results.add(
            CheckResult.warn(
                REDIS,
                "it has no password: everyone who can reach it can read and write sessions",
                "Set a password, add it to REDIS_URL, and use rediss:// across networks"));
      }
      results.add(memory(about));
      results.add(clock(client));
    } catch (StokerException e) {
      results.add(CheckResult.fail(REDIS, e));
    } catch (JedisException e) {
      results.add(
          CheckResult.warn(
              REDIS,
              "its configuration cannot be read: " + Doctor.oneLine(e),
              "Grant its user INFO and TIME for these checks; maxmemory-policy should be "
                  + SAFE_POLICY));
    } finally {
      opened.forEach(Runnable::run);
    }
    return results;
  }

  private static CheckResult rights(List<String> missing) {
    if (missing.isEmpty()) {
      return CheckResult.ok(RIGHTS, "its user may run all commands that Stoker needs");
    }
    var grants = missing.stream().map(command -> "+" + command).collect(Collectors.joining(" "));
    return CheckResult.fail(
        RIGHTS,
        "its user may not run " + String.join(", ", missing) + " on the namespace of sessions",
        "Run ACL SETUSER with its name and "
            + grants
            + ", on the keys and channels of SECURITY.md");
  }

  /// An evicted revocation would let a run that read the session earlier write it again. Only
  /// `noeviction` rules that out: `volatile-ttl` evicts the keys that expire soonest, but only
  /// among a small sample.
  private static CheckResult memory(Map<String, String> about) {
    var policy = about.get("maxmemory_policy");
    if (policy == null) {
      return CheckResult.warn(
          POLICY,
          "INFO does not report maxmemory-policy",
          "Check it with redis-cli config get maxmemory-policy: it should be " + SAFE_POLICY);
    }
    var most = about.getOrDefault("maxmemory", "0");
    var detail =
        "maxmemory-policy "
            + policy
            + ", "
            + about.getOrDefault("used_memory_human", "?")
            + " used of "
            + (most.equals("0") ? "unlimited memory" : about.getOrDefault("maxmemory_human", most));
    if (!policy.equals(SAFE_POLICY)) {
      return CheckResult.warn(
          POLICY,
          detail
              + ": when full, it evicts revocations, and signed-out users can be signed in again",
          "Set maxmemory-policy to " + SAFE_POLICY + ", and enough maxmemory");
    }
    var evicted = about.getOrDefault("evicted_keys", "0");
    if (!evicted.equals("0")) {
      return CheckResult.warn(
          POLICY,
          detail + "; " + evicted + " keys were evicted since it started, under another policy",
          "Increase maxmemory; revocations of the last half hour may be lost");
    }
    return CheckResult.ok(POLICY, detail);
  }

  private CheckResult clock(UnifiedJedis client) {
    var before = time.now();
    if (client.executeCommand(new CommandArguments(Protocol.Command.TIME)) instanceof List<?> parts
        && parts.size() == 2
        && parts.get(0) instanceof byte[] seconds
        && parts.get(1) instanceof byte[] micros) {
      var theirs =
          Instant.ofEpochSecond(
              Long.parseLong(new String(seconds, UTF_8)),
              Long.parseLong(new String(micros, UTF_8)) * NANOS_A_MICRO);
      return CheckResult.clock(CLOCK, before, theirs, time.now());
    }
    return CheckResult.warn(CLOCK, "could not be read", "Check it with redis-cli time");
  }

  private static Map<String, String> about(UnifiedJedis client) {
    var about = new HashMap<String, String>();
    client
        .info()
        .lines()
        .map(line -> line.split(":", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> about.put(parts[0], parts[1].strip()));
    return about;
  }
}
