package io.stoker.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DollarFormatTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5, 5000000",
    "5.00, 5000000",
    "' 2.50 ', 2500000",
    "0.000001, 1",
    "1.2345670, 1234567",
    "999999999999, 999999999999000000"
  })
  void amounts_are_parsed_to_the_micro_dollar(String text, long micros) {
    assertThat(DollarFormat.parse(text)).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "$5", "5,00", "1e3", ".5", "5.", "0.0000001", "1000000000000"})
  void an_invalid_amount_is_rejected_and_quoted(String text) {
    assertThatThrownBy(() -> DollarFormat.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected dollars with at most 6 decimal places, such as 2.50, got \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0.0000",
    "1, <$0.0001",
    "99, <$0.0001",
    "100, $0.0001",
    "149, $0.0001",
    "150, $0.0002",
    "1234567, $1.2346",
    "-1234567, -$1.2346",
    "-1, -<$0.0001"
  })
  void amounts_are_formatted_with_four_decimal_places(long micros, String text) {
    assertThat(DollarFormat.format(micros)).isEqualTo(text);
  }
}
