package io.stoker.prompts;

import io.stoker.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class HouseRulesTest extends HouseRules {

  HouseRulesTest() {
    super(
        Set.of(),
        Set.of(),
        Map.of(
            "java.sql..", List.of("Jdbc"),
            "tools.jackson..", List.of("Anthropic", "OpenAi", "PromptJson")));
  }
}
