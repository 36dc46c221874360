package io.stoker.spring;

import static io.stoker.spring.Contexts.bare;
import static io.stoker.spring.Contexts.inMemory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactory;
import io.stoker.sessions.SessionSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class InvalidPropertiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          limit=0                 | stoker.sessions.limit: expected a limit of at least 1, got 0
          window=-1h              | stoker.sessions.window: expected an activity window above zero, got -1h
          batch-size=0            | stoker.sessions.batch-size: expected a batch size of at least 1, got 0
          rate=0                  | stoker.sessions.rate: expected a rate of at least 1, got 0
          deadline=0s             | stoker.sessions.deadline: expected a deadline above zero, got 0s
          deadline=10m            | stoker.sessions.deadline and ttl-cap: expected a run's deadline and the TTL cap to stay under 15m together
          ttl-cap=20m             | got 5m and 20m
          ttl-cap=10ms            | stoker.sessions.ttl-cap: expected a TTL cap of at least a second, got 10ms
          jitter=1                | stoker.sessions.jitter: expected a jitter from 0 to less than 1, got 1.0
          look-every=0s           | stoker.sessions.look-every: expected a duration above zero, got 0s
          refresh-every=-5s       | stoker.sessions.refresh-every: expected a duration above zero, got -5s
          readiness-deadline=-5s  | stoker.sessions.readiness-deadline: expected a duration from zero, got -5s
          process-life=-5s        | stoker.sessions.process-life: expected a duration from zero, got -5s
          process-entries=0       | stoker.sessions.process-entries: expected a whole number from 1, got 0
          namespace=              | stoker.sessions.namespace: expected some text, got none
          spring-namespace=       | stoker.sessions.spring-namespace: expected some text, got none
          """)
  void an_invalid_value_is_reported_with_its_property(String property, String message) {
    inMemory()
        .withPropertyValues("stoker.sessions." + property)
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining(message));
  }

  @Test
  void a_value_of_the_wrong_type_is_reported_with_its_property() {
    inMemory()
        .withPropertyValues("stoker.sessions.window=soon")
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasStackTraceContaining("stoker.sessions.window")
                .hasStackTraceContaining("'soon' is not a valid duration"));
  }

  @Test
  void an_unknown_property_is_rejected() {
    inMemory()
        .withPropertyValues("stoker.sessions.limti=10")
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasStackTraceContaining("[stoker.sessions.limti] were left unbound"));
  }

  @Test
  void an_unreadable_mapping_is_reported_with_its_property() {
    bare()
        .withBean(DataSource.class, PGSimpleDataSource::new)
        .withPropertyValues(
            "stoker.sessions.mapping=no/such/file.sql",
            "stoker.sessions.redis-url=redis://127.0.0.1:1")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining(
                    "stoker.sessions.mapping: expected standard, spring-session or a file"
                        + " with a SELECT that can be read, got \"no/such/file.sql\""));
  }

  @Test
  void an_application_without_a_database_is_told_what_is_missing() {
    bare()
        .withPropertyValues("stoker.sessions.redis-url=redis://127.0.0.1:1")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining("spring.datasource.url: expected a DataSource"));
  }

  @Test
  void an_application_with_r2dbc_only_is_told_to_define_a_data_source() {
    bare()
        .withBean(ConnectionFactory.class, () -> new ConnectionFactory() {})
        .withPropertyValues("stoker.sessions.redis-url=redis://127.0.0.1:1")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining("got a ConnectionFactory of R2DBC only"));
  }

  @Test
  void an_empty_redis_url_is_called_empty() {
    bare()
        .withBean(SessionSource.class, Contexts::withOneSession)
        .withPropertyValues("stoker.sessions.redis-url=")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining(
                    "stoker.sessions.redis-url: expected redis://user:password@host:6379/0, got an"
                        + " empty text"));
  }

  @Test
  void an_application_without_a_redis_is_told_what_is_missing() {
    bare()
        .withBean(SessionSource.class, Contexts::withOneSession)
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining("stoker.sessions.redis-url: expected a Redis"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://:secret@host",
        "redis://:secret@one:6379,two:6379/3",
        "redis://:sec%ret@host",
        "redis://:secret@",
        "redis://:secret@host:6379/first",
        "secret"
      })
  void an_invalid_redis_url_is_rejected_and_never_quoted(String url) {
    assertThatThrownBy(() -> SessionRedisClient.address(url))
        .isInstanceOf(InvalidPropertyException.class)
        .hasMessageContaining("stoker.sessions.redis-url: expected redis://")
        .hasMessageNotContaining("sec")
        .hasNoCause();
  }

  @Test
  void the_start_fails_with_the_problem_and_what_to_do(CapturedOutput output) {
    var application = new SpringApplication(Application.class);
    application.setWebApplicationType(WebApplicationType.NONE);

    assertThatThrownBy(() -> application.run("--stoker.sessions.look-every=0s"))
        .hasRootCauseInstanceOf(InvalidPropertyException.class);

    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START",
            "stoker.sessions.look-every: expected a duration above zero, got 0s",
            "Change stoker.sessions.look-every, or leave it out.");
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(StokerSessionsAutoConfiguration.class)
  static class Application {}
}
