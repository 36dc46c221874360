package io.stoker.examples.ownsql;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import java.nio.file.Path;

/// Warms sessions by the SELECT in a file, which may read any tables. Its token hash must be the
/// SHA-256 of the token that the client sends, in hexadecimal.
public final class OwnSql {

  private OwnSql() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("Give the file with the SELECT, such as examples/sql/logins.sql");
      System.exit(2);
    }
    try (var servers = Servers.open()) {
      if (servers.areFresh()) {
        Shop.open(servers.dataSource());
      }
      var report = warm(servers, SessionMapping.file(Path.of(arguments[0])));
      System.out.println(
          report.state().label()
              + ": "
              + report.counts().warmed()
              + " warmed. "
              + report.message());
    }
  }

  static SessionReport warm(Servers servers, SessionMapping mapping) {
    var time = Time.system();
    var sessions = new RedisSessions(servers.redis(), time);
    var source = SessionSource.jdbc(servers.dataSource(), mapping, time);
    var warmer = new SessionWarmer(source, sessions.store(), sessions.lock(), time);
    return warmer.warm(SessionPlan.standard());
  }
}
