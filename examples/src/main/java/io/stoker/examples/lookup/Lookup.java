package io.stoker.examples.lookup;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Runs a [LookupServer] until Ctrl-C, and prints commands to try.
public final class Lookup {

  private Lookup() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (var servers = Servers.open();
        var sessions = sessions(servers);
        var server = new LookupServer(sessions, servers.dataSource(), 0)) {
      var header = "'Authorization: Bearer " + token(servers) + "'";
      System.out.println("Try, and stop with Ctrl-C:");
      System.out.println("  curl -i -H " + header + " " + server.uri().resolve("/me"));
      System.out.println(
          "  curl -i -X POST -H " + header + " " + server.uri().resolve("/sign-out"));
      new CountDownLatch(1).await();
    }
  }

  /// The cache, which an application creates once and uses on every request.
  static SessionCache sessions(Servers servers) {
    var time = Time.system();
    var redis = new RedisSessions(servers.redis(), time);
    var source = SessionSource.jdbc(servers.dataSource(), SessionMapping.standard(), time);
    return new SessionCache(
        redis.store(), source, redis.stats(), SessionCache.Settings.standard(), time);
  }

  private static String token(Servers servers) {
    if (!servers.areFresh()) {
      return "TOKEN";
    }
    var seed = SessionSeed.of(1);
    SessionSchema.create(servers.dataSource());
    seed.into(servers.dataSource());
    return seed.rawToken(0);
  }
}
