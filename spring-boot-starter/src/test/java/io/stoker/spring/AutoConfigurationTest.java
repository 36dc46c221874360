package io.stoker.spring;

import static io.stoker.spring.Contexts.TOKEN;
import static io.stoker.spring.Contexts.bare;
import static io.stoker.spring.Contexts.firstRun;
import static io.stoker.spring.Contexts.inMemory;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stoker.Time;
import io.stoker.sessions.InMemorySessions;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionMetrics;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import io.stoker.sessions.SessionTarget;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.WarmLock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import redis.clients.jedis.RedisClient;

@Timeout(60)
class AutoConfigurationTest {

  @Test
  void the_first_look_up_finds_a_session_that_was_warmed() {
    inMemory()
        .run(context -> {
          assertThat(firstRun(context).report().state()).isEqualTo(RunState.COMPLETED);

          var cache = context.getBean(SessionCache.class);
          assertThat(cache.find(TOKEN)).isPresent();
          assertThat(cache.counts().cacheHits()).isEqualTo(1);
          assertThat(cache.counts().misses()).isZero();
        });
  }

  @Test
  void there_are_no_beans_if_stoker_is_disabled() {
    inMemory()
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues("stoker.sessions.enabled=false")
        .run(context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(SessionProperties.class)
                .doesNotHaveBean(SessionCache.class)
                .doesNotHaveBean(SessionWarming.class)
                .doesNotHaveBean(SessionMetrics.class)
                .doesNotHaveBean(HealthIndicator.class));
  }

  @Test
  void every_bean_backs_off_for_the_application_s() {
    var time = Time.system();
    var memory = new InMemorySessions(time);
    var source = Contexts.withOneSession();
    var store = memory.store();
    var lock = memory.lock();
    var warmer = new SessionWarmer(source, store, lock, time);
    var keeping = SessionKeeper.Settings.of(SessionPlan.standard());
    var redis = new RedisSessions(RedisClient.create("redis://127.0.0.1:1"), time);
    var registry = new SimpleMeterRegistry();
    var caching = SessionCache.Settings.standard();

    bare()
        .withBean(Time.class, () -> time)
        .withBean(SessionSource.class, () -> source)
        .withBean(SessionStore.class, () -> store)
        .withBean(WarmLock.class, () -> lock)
        .withBean(SessionStats.class, memory::stats)
        .withBean(SessionCache.Settings.class, () -> caching)
        .withBean(SessionCache.class, () -> new SessionCache(store, source, null, caching, time))
        .withBean(SessionKeeper.Settings.class, () -> keeping)
        .withBean(SessionWarmer.class, () -> warmer)
        .withBean(
            SessionWarming.class, () -> new SessionWarming(warmer, lock, keeping, List.of(), time))
        .withBean(RedisSessions.class, () -> redis)
        .withBean(MeterRegistry.class, () -> registry)
        .withBean(SessionMetrics.class, () -> new SessionMetrics(registry))
        .run(context ->
            assertThat(context)
                .hasSingleBean(Time.class)
                .hasSingleBean(SessionSource.class)
                .hasSingleBean(SessionTarget.class)
                .hasSingleBean(WarmLock.class)
                .hasSingleBean(SessionStats.class)
                .hasSingleBean(SessionCache.Settings.class)
                .hasSingleBean(SessionCache.class)
                .hasSingleBean(SessionKeeper.Settings.class)
                .hasSingleBean(SessionWarmer.class)
                .hasSingleBean(SessionWarming.class)
                .hasSingleBean(RedisSessions.class)
                .hasSingleBean(SessionMetrics.class));
  }

  @Test
  void properties_become_the_library_s_settings() {
    inMemory()
        .withPropertyValues(
            "stoker.sessions.limit=7",
            "stoker.sessions.window=2h",
            "stoker.sessions.batch-size=3",
            "stoker.sessions.rate=11",
            "stoker.sessions.deadline=90",
            "stoker.sessions.ttl-cap=4m",
            "stoker.sessions.jitter=0.1",
            "stoker.sessions.warm-at-start=false",
            "stoker.sessions.keep-warm=false",
            "stoker.sessions.look-every=250ms",
            "stoker.sessions.refresh-every=PT1M",
            "stoker.sessions.process-life=0",
            "stoker.sessions.process-entries=12")
        .run(context -> {
          var keeping = context.getBean(SessionKeeper.Settings.class);
          assertThat(keeping.plan())
              .isEqualTo(
                  SessionPlan.standard()
                      .change()
                      .limit(7)
                      .activeWithin(Duration.ofHours(2))
                      .batchSize(3)
                      .rowsPerSecond(11L)
                      .deadline(Duration.ofSeconds(90))
                      .timeToLiveCap(Duration.ofMinutes(4))
                      .jitter(0.1)
                      .plan());
          assertThat(keeping.warmAtStart()).isFalse();
          assertThat(keeping.keepWarm()).isFalse();
          assertThat(keeping.lookEvery()).isEqualTo(Duration.ofMillis(250));
          assertThat(keeping.refreshEvery()).isEqualTo(Duration.ofMinutes(1));
          assertThat(context.getBean(SessionCache.Settings.class))
              .isEqualTo(new SessionCache.Settings(Duration.ZERO, 12, Duration.ofMinutes(4), 0.1));
        });
  }

  @Test
  void without_properties_the_library_s_default_plan_is_used() {
    inMemory()
        .run(context -> {
          assertThat(context.getBean(SessionKeeper.Settings.class))
              .isEqualTo(SessionKeeper.Settings.of(SessionPlan.standard()));
          assertThat(context.getBean(SessionCache.Settings.class))
              .isEqualTo(SessionCache.Settings.standard());
        });
  }

  @Test
  void sessions_of_spring_session_are_warmed_and_not_looked_up() {
    bare()
        .withBean(SessionSource.class, Contexts::withOneSession)
        .withPropertyValues(
            "stoker.sessions.mapping=spring-session",
            "stoker.sessions.redis-url=redis://127.0.0.1:1")
        .run(context ->
            assertThat(context)
                .hasSingleBean(SessionTarget.class)
                .hasSingleBean(SessionWarming.class)
                .doesNotHaveBean(SessionStore.class)
                .doesNotHaveBean(SessionCache.class)
                .doesNotHaveBean(SessionStats.class));
  }

  @Test
  void listeners_of_the_application_are_called_for_every_run() {
    var ended = new CompletableFuture<SessionReport>();
    var watcher =
        new SessionEvents() {
          @Override
          public void ended(SessionReport report) {
            ended.complete(report);
          }
        };

    inMemory()
        .withBean(SessionEvents.class, () -> watcher)
        .run(context -> assertThat(firstRun(context).report()).isEqualTo(ended.join()));
  }

  @Test
  void runs_and_look_ups_are_measured_if_there_is_a_registry() {
    inMemory()
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(context -> {
          firstRun(context);
          context.getBean(SessionCache.class).find(TOKEN);

          var registry = context.getBean(MeterRegistry.class);
          var runs = registry.get("stoker.sessions.warm.runs").tag("state", "completed").timer();
          var hits = registry.get("stoker.sessions.lookups").tag("result", "cache_hit");
          assertThat(runs.count()).isEqualTo(1);
          assertThat(hits.functionCounter().count()).isEqualTo(1);
        });
  }

  @Test
  void an_application_without_actuator_metrics_and_spring_data_has_its_sessions_warm() {
    inMemory()
        .withClassLoader(
            new FilteredClassLoader(
                "io.micrometer",
                Endpoint.class.getPackageName(),
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "org.springframework.boot.data",
                "org.springframework.data"))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(firstRun(context).report().state()).isEqualTo(RunState.COMPLETED);
        });
  }
}
