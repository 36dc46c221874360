package io.stoker.spring;

import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.sessions.InMemorySessionSource;
import io.stoker.sessions.InMemorySessions;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import io.stoker.sessions.WarmLock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/// Applications that the starter is put into.
final class Contexts {

  /// What the client of the one session holds.
  static final String TOKEN = "a token";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Contexts() {}

  /// An application with the starter and nothing else.
  static ApplicationContextRunner bare() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                StokerSessionsAutoConfiguration.class,
                StokerMetricsAutoConfiguration.class,
                StokerActuatorAutoConfiguration.class));
  }

  /// An application that keeps sessions in memory, and has one.
  static ApplicationContextRunner inMemory() {
    return inMemory(withOneSession());
  }

  /// An application that keeps sessions from this source in memory.
  static ApplicationContextRunner inMemory(SessionSource source) {
    var sessions = new InMemorySessions(Time.system());
    return bare()
        .withBean(SessionSource.class, () -> source)
        .withBean(SessionStore.class, sessions::store)
        .withBean(WarmLock.class, sessions::lock)
        .withBean(SessionStats.class, sessions::stats);
  }

  /// A source with the session of [#TOKEN].
  static InMemorySessionSource withOneSession() {
    var now = Time.system().now();
    var source = new InMemorySessionSource(Time.system());
    source.put(SessionKey.ofToken(TOKEN), "ada", now.plusSeconds(3600), now, "");
    return source;
  }

  /// Waits until the first run is over.
  static SessionWarming.Run firstRun(ApplicationContext context) {
    var warming = context.getBean(SessionWarming.class);
    await().atMost(PATIENCE).until(() -> warming.lastRun().isPresent());
    return warming.lastRun().orElseThrow();
  }
}
