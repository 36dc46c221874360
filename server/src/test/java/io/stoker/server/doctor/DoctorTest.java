package io.stoker.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.doctor.Doctor.Check;
import io.stoker.server.settings.Configuration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  private static List<String> timeoutAdvice(String key, String value) {
    var settings = new Configuration(Map.of(), Map.of(key, value)).settings();
    return new StateDatabaseChecks(settings.answers())
        .all().stream().map(Check::timedOut).map(CheckResult::advice).toList();
  }

  @Test
  void a_slow_disk_is_not_blamed_on_a_firewall(@TempDir Path folder) {
    assertThat(timeoutAdvice("stoker.answers.data", folder.toString()))
        .hasSize(2)
        .allSatisfy(advice -> assertThat(advice).contains("disk").doesNotContain("firewall"));
  }

  @Test
  void a_silent_postgres_may_be_behind_a_firewall() {
    assertThat(timeoutAdvice("stoker.answers.database-url", "postgres://localhost/state"))
        .singleElement()
        .asString()
        .contains("firewall");
  }
}
