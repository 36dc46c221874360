package io.stoker.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @TempDir private Path folder;

  private static Settings of(Map<String, String> variables) {
    return new Configuration(variables, Map.of()).settings();
  }

  /// The settings in a `stoker.yaml` with these lines.
  private Settings ofFile(String... lines) throws IOException {
    Files.write(folder.resolve("stoker.yaml"), List.of(lines));
    return of(Map.of("SPRING_CONFIG_ADDITIONAL_LOCATION", folder + "/"));
  }

  @Test
  void an_empty_configuration_has_the_librarys_plan_and_no_address() {
    var settings = of(Map.of());

    assertThat(settings.sessions().plan()).isEqualTo(SessionPlan.standard());
    assertThat(settings.mapping()).isEqualTo(SessionMapping.standard());
    assertThat(settings.sessions().keeper().lookEvery()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.sessionsConfigured()).isFalse();
    assertThat(settings.token()).isNull();
  }

  @Test
  void environment_variables_set_everything() {
    var settings =
        of(
            Map.of(
                "DATABASE_URL", "postgres://db.example/shop",
                "REDIS_URL", "redis://cache.example",
                "STOKER_TOKEN", "0123456789abcdef",
                "STOKER_SESSIONS_LIMIT", "50",
                "STOKER_SESSIONS_WINDOW", "1h30m",
                "STOKER_SESSIONS_BATCH_SIZE", "10",
                "STOKER_SESSIONS_TTL_CAP", "2m",
                "STOKER_SESSIONS_WARM_AT_START", "false"));

    var plan = settings.sessions().plan();
    assertThat(plan.limit()).isEqualTo(50);
    assertThat(plan.activeWithin()).isEqualTo(Duration.ofMinutes(90));
    assertThat(plan.batchSize()).isEqualTo(10);
    assertThat(plan.timeToLiveCap()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.sessions().warmAtStart()).isFalse();
    assertThat(settings.sessionsConfigured()).isTrue();
    assertThat(settings.token()).isNotNull();
  }

  @Test
  void a_file_sets_everything_and_variables_take_precedence() throws IOException {
    Files.writeString(
        folder.resolve("stoker.yaml"),
        """
        stoker:
          database-url: postgres://db.example/shop
          sessions:
            limit: 70
            rate: 9
        """);

    var settings =
        of(
            Map.of(
                "SPRING_CONFIG_ADDITIONAL_LOCATION", folder + "/", "STOKER_SESSIONS_LIMIT", "50"));

    assertThat(settings.databaseUrl()).hasToString("postgres://db.example/shop");
    assertThat(settings.sessions().plan().limit()).isEqualTo(50);
    assertThat(settings.sessions().plan().rowsPerSecond()).isEqualTo(9);
  }

  @Test
  void springs_sessions_have_a_plan_of_their_own() {
    var sessions = of(Map.of("STOKER_SESSIONS_MAPPING", "spring-session")).sessions();

    assertThat(sessions.plan()).isEqualTo(SessionPlan.springSession());
    assertThat(sessions.sessionMapping()).isEqualTo(SessionMapping.springSession());
  }

  @Test
  void a_mapping_may_be_in_a_file() throws IOException {
    var file = Files.writeString(folder.resolve("mine.sql"), "SELECT 1");

    var sessions = of(Map.of("STOKER_SESSIONS_MAPPING", file.toString())).sessions();

    assertThat(sessions.sessionMapping()).isEqualTo(SessionMapping.tokens("SELECT 1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          STOKER_SESSIONS_LIMIT       | 0    | stoker.sessions.limit: expected a limit of at least 1, got 0
          STOKER_SESSIONS_LIMIT       | many | stoker.sessions.limit: expected a whole number, got "many"
          STOKER_SESSIONS_WINDOW      | 24   | stoker.sessions.window: expected a duration such as 24h, 5m, 90s or 1h30m, got "24"
          STOKER_SESSIONS_JITTER      | 2    | stoker.sessions.jitter: expected a jitter from 0 to less than 1, got 2.0
          STOKER_SESSIONS_KEEP_WARM   | maybe| stoker.sessions.keep-warm: expected true or false, got "maybe"
          STOKER_SESSIONS_LOOK_EVERY  | 0s   | stoker.sessions.look-every: expected a duration above zero, got 0s
          STOKER_SESSIONS_MAPPING     | no.sql | stoker.sessions.mapping: expected standard, spring-session or a file with a SELECT that can be read, got "no.sql"
          STOKER_SESSIONS_TTL_CAP     | 20m  | stoker.sessions.deadline and ttl-cap: expected a run's deadline and the TTL cap to stay under 15m together
          STOKER_RATE_LIMIT           | -1   | stoker.rate-limit: expected at least 0, got -1
          STOKER_TOKEN                | short| stoker.token: expected at least 16 characters, got 5
          """)
  void an_invalid_value_is_named_with_what_was_expected(
      String variable, String value, String message) {
    assertThatThrownBy(() -> of(Map.of(variable, value)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void an_invalid_value_in_the_file_is_reported_with_its_line() {
    assertThatThrownBy(() -> ofFile("stoker:", "  sessions:", "    limit: many"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "stoker.sessions.limit: expected a whole number, got \"many\" (stoker.yaml, line 3)");
  }

  @Test
  void an_unknown_setting_in_the_file_is_rejected() {
    assertThatThrownBy(() -> ofFile("stoker.sessions.limmit: 5"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("stoker.sessions.limmit: is no setting of Stoker");
  }

  @Test
  void a_file_that_is_not_yaml_is_rejected_in_one_line() {
    assertThatThrownBy(() -> ofFile("stoker:", "  sessions: [", "x"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("stoker.yaml: cannot be read: ")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void settings_never_show_a_secret() {
    var settings =
        of(
            Map.of(
                "DATABASE_URL", "postgres://ann:hunter2@db.example/shop",
                "REDIS_URL", "redis://:hunter2@cache.example",
                "STOKER_TOKEN", "hunter2-hunter2-hunter2"));

    assertThat(settings.toString()).doesNotContain("hunter2");
  }
}
