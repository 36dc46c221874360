package io.stoker.spring;

import static io.stoker.spring.Contexts.TOKEN;
import static io.stoker.spring.Contexts.firstRun;
import static io.stoker.spring.Contexts.inMemory;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

@Timeout(60)
class ActuatorTest {

  private static final String EXPOSED = "management.endpoints.web.exposure.include=stoker";

  @Test
  void the_endpoint_returns_the_last_run_and_the_hit_rate() {
    inMemory()
        .withPropertyValues(EXPOSED)
        .run(context -> {
          firstRun(context);
          context.getBean(SessionCache.class).find(TOKEN);
          context.getBean(SessionCache.class).find("wrong");

          var sessions = context.getBean(StokerEndpoint.class).answer().sessions();

          assertThat(sessions.lastRun().state()).isEqualTo("completed");
          assertThat(sessions.lastRun().warmed()).isEqualTo(1);
          assertThat(sessions.lastRun().verifiedShare()).isEqualTo(1.0);
          assertThat(sessions.lookups().hitRate()).isEqualTo(0.5);
          assertThat(sessions.trouble()).isNull();
        });
  }

  @Test
  void an_endpoint_that_is_not_exposed_is_not_there() {
    inMemory().run(context -> assertThat(context).doesNotHaveBean(StokerEndpoint.class));
  }

  @Test
  void health_shows_postgres_redis_and_the_last_run() {
    inMemory()
        .run(context -> {
          firstRun(context);

          var health = context.getBean(HealthIndicator.class).health();

          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .containsEntry("postgres", "answers")
              .containsEntry("redis", "answers")
              .containsEntry("state", "completed")
              .containsEntry("verified_share", 1.0);
        });
  }

  @Test
  void health_can_be_disabled() {
    inMemory()
        .withPropertyValues("management.health.stoker-sessions.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
  }

  @Test
  void a_redis_outage_fails_nothing_and_is_reported() {
    Contexts.bare()
        .withBean(SessionSource.class, Contexts::withOneSession)
        .withPropertyValues(EXPOSED, "stoker.sessions.redis-url=redis://127.0.0.1:1")
        .run(context -> {
          assertThat(firstRun(context).report().state().label()).isEqualTo("cache-unreachable");

          var health = context.getBean(HealthIndicator.class).health();
          var sessions = context.getBean(StokerEndpoint.class).answer().sessions();

          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails().get("redis")).asString().contains("Redis");
          assertThat(sessions.lookupsOfAll()).isNull();
          assertThat(sessions.trouble()).contains("Redis");
          assertThat(context.getBean(SessionCache.class).find(TOKEN)).isPresent();
        });
  }

  @Test
  void the_configuration_metadata_describes_every_property() throws IOException {
    var metadata = "META-INF/spring-configuration-metadata.json";
    String known;
    try (var stream = SessionProperties.class.getClassLoader().getResourceAsStream(metadata)) {
      known = new String(stream.readAllBytes(), UTF_8);
    }

    assertThat(Arrays.stream(SessionProperties.class.getRecordComponents()))
        .allSatisfy(property -> {
          var name = property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
          assertThat(known)
              .containsPattern(
                  "\"name\": \"stoker.sessions."
                      + name
                      + "\",\\s+\"type\": [^,]+,\\s+\"description\"");
        });
  }
}
