package io.stoker.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationFormatTest {

  @ParameterizedTest
  @CsvSource({
    "24h, PT24H",
    "5m, PT5M",
    "90s, PT90S",
    "1h30m, PT1H30M",
    "250ms, PT0.25S",
    "7d, PT168H",
    "1m5s, PT65S",
    "PT5M, PT5M",
    "0s, PT0S"
  })
  void short_forms_and_iso_8601_are_parsed(String text, Duration duration) {
    assertThat(DurationFormat.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "300", "5 m", "m", "h24", "-5m", "5m1h", "soon", "9999999999h"})
  void anything_else_is_rejected_with_examples(String text) {
    assertThatThrownBy(() -> DurationFormat.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a duration such as 24h, 5m, 90s or 1h30m, got \"" + text + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"24h", "5m", "1m30s", "1h30m", "250ms", "7d", "2d1h", "0s"})
  void a_formatted_duration_is_parsed_back(String text) {
    assertThat(DurationFormat.format(DurationFormat.parse(text))).isEqualTo(text);
  }
}
