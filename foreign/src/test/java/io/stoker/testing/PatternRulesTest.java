package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PatternRulesTest {

  @Test
  void a_pattern_that_goes_back_is_found_out() {
    var heading = Pattern.compile("(#{1,6})\\s+(.*?)\\s*#*\\s*");

    assertThatThrownBy(() -> PatternRules.check("heading", heading))
        .hasMessageContaining("heading looks too often at \"#");
  }
}
