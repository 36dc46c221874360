package io.stoker.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.Time;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.WarmingPolicy;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptSettingsKeysTest {

  private static PromptSettingsKeys with(String... variables) {
    var all = new java.util.HashMap<String, String>();
    for (int i = 0; i < variables.length; i += 2) {
      all.put(variables[i], variables[i + 1]);
    }
    return new Configuration(Map.copyOf(all), Map.of()).settings().prompts();
  }

  private static PromptProviders providers(String... variables) {
    return with(variables).providers(UnaryOperator.identity(), Time.system());
  }

  private static List<String> names(PromptProviders providers) {
    return providers.all().stream().map(PromptProvider::name).toList();
  }

  @Test
  void without_any_provider_the_simulator_is_used() {
    var providers = providers();

    assertThat(names(providers)).containsExactly("simulator");
    assertThat(providers.defaultModel()).isEqualTo("simulator/small");
  }

  @Test
  void a_key_of_anthropic_is_found_in_the_environment() {
    var providers = providers("ANTHROPIC_API_KEY", "sk-from-the-environment");

    assertThat(names(providers)).containsExactly("anthropic");
    assertThat(providers.defaultModel()).isEqualTo("anthropic/claude-haiku-4-5");
  }

  @Test
  void a_key_from_the_environment_is_not_shown_to_another_address() {
    assertThatThrownBy(() ->
            with(
                "ANTHROPIC_API_KEY",
                "sk-from-the-environment",
                "STOKER_PROMPTS_ANTHROPICURL",
                "https://proxy.example.com"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("stoker.prompts.anthropic-key");
  }

  @Test
  void a_key_of_openai_in_the_environment_is_ignored() {
    assertThat(names(providers("OPENAI_API_KEY", "sk-x"))).containsExactly("simulator");
  }

  @Test
  void the_simulator_can_be_combined_with_others() {
    var providers =
        providers(
            "STOKER_PROMPTS_OPENAIKEY", "sk-x",
            "STOKER_PROMPTS_SIMULATOR_ENABLED", "true",
            "STOKER_PROMPTS_MODEL", "simulator/long");

    assertThat(names(providers)).containsExactly("openai", "simulator");
    assertThat(providers.defaultModel()).isEqualTo("simulator/long");
  }

  @Test
  void a_model_server_that_does_not_answer_does_not_prevent_the_start() {
    var providers =
        providers(
            "STOKER_PROMPTS_OPENAIURL", "http://127.0.0.1:1",
            "STOKER_PROMPTS_OPENAINAME", "ollama");

    assertThat(names(providers)).containsExactly("ollama");
    assertThat(providers.defaultModel()).isEqualTo("ollama/default");
  }

  @Test
  void secrets_are_never_shown() {
    var setup =
        with("STOKER_PROMPTS_ANTHROPICKEY", "sk-secret", "STOKER_PROMPTS_OPENAIKEY", "sk-secret");

    assertThat(setup.toString()).doesNotContain("secret");
  }

  @Test
  void by_default_conversations_are_warmed_by_interval_without_a_budget() {
    assertThat(with().warmingPolicy()).isEqualTo(WarmingPolicy.STANDARD);
    assertThat(with("STOKER_PROMPTS_DAILYBUDGET", "").warmingPolicy())
        .isEqualTo(WarmingPolicy.STANDARD);
  }

  @Test
  void a_policy_and_budgets_are_set_for_all_and_for_tenants() {
    var policy =
        with(
                "STOKER_PROMPTS_POLICY", "adaptive",
                "STOKER_PROMPTS_DAILYBUDGET", "5.00",
                "STOKER_PROMPTS_WARMSPERMINUTE", "60",
                "STOKER_PROMPTS_TENANTS_ACME_POLICY", "off",
                "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "0.000001",
                "STOKER_PROMPTS_TENANTS_OTHER_DAILYBUDGET", "0")
            .warmingPolicy();

    assertThat(policy)
        .isEqualTo(
            new WarmingPolicy(
                PolicyMode.ADAPTIVE,
                5_000_000L,
                60,
                Map.of(
                    "acme", new WarmingPolicy.Tenant(PolicyMode.OFF, 1L),
                    "other", new WarmingPolicy.Tenant(null, 0L))));
  }

  @Test
  void in_a_file_off_is_text_and_an_amount_may_be_a_number(@TempDir Path folder)
      throws IOException {
    var file = folder.resolve("stoker.yaml");
    Files.writeString(
        file,
        """
        stoker:
          prompts:
            policy: off
            daily-budget: 2.5
            tenants:
              "[Acme & Sons]": {policy: adaptive, daily-budget: 1}
        """);

    var policy =
        new Configuration(Map.of(), Map.of("spring.config.additional-location", file.toString()))
            .settings()
            .prompts()
            .warmingPolicy();

    assertThat(policy)
        .isEqualTo(
            new WarmingPolicy(
                PolicyMode.OFF,
                2_500_000L,
                0,
                Map.of("Acme & Sons", new WarmingPolicy.Tenant(PolicyMode.ADAPTIVE, 1_000_000L))));
  }

  @ParameterizedTest
  @CsvSource({
    "STOKER_PROMPTS_INTERVAL, 25h, expected 1s to 24h",
    "STOKER_PROMPTS_INTERVAL, 10ms, expected 1s to 24h",
    "STOKER_PROMPTS_WARMTIMEOUT, 0s, more than 0s",
    "STOKER_PROMPTS_WARMSINFLIGHT, 0, at least 1",
    "STOKER_PROMPTS_SOCKETPORT, 65536, 0 to 65535",
    "STOKER_PROMPTS_POLICY, always, 'expected one of interval, adaptive, off, got \"always\"'",
    "STOKER_PROMPTS_DAILYBUDGET, $5, 'expected dollars with at most 6 decimal places'",
    "STOKER_PROMPTS_DAILYBUDGET, -1, 'expected dollars with at most 6 decimal places'",
    "STOKER_PROMPTS_WARMSPERMINUTE, -1, expected at least 0",
    "STOKER_PROMPTS_TENANTS_ACME_POLICY, on, 'expected one of interval, adaptive, off'",
    "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET, much, 'tenants.acme.daily-budget: expected dollars'",
    "STOKER_PROMPTS_ORIGINS, *, expected http://host:port",
    "STOKER_PROMPTS_ORIGINS, https://a.example/path, expected http://host:port",
    "STOKER_PROMPTS_ANTHROPICCACHE, 10m, expected 5m or 1h",
    "STOKER_PROMPTS_OPENAIURL, localhost:8000, expected http://host:port",
    "STOKER_PROMPTS_OPENAIURL, http://user:secret@localhost, 'without user, password'",
    "STOKER_PROMPTS_OPENAIURL, http://localhost:99999, expected http://host:port",
    "STOKER_PROMPTS_OPENAIURL, http://my_host, expected http://host:port",
    "STOKER_ANSWERS_PIPELINEURL, http://user:secret@localhost, 'without user, password'",
    "STOKER_ANSWERS_OLLAMAURL, http://localhost:8000?a=b, expected http://host:port",
    "STOKER_PROMPTS_SIMULATOR_TTL, 0s, more than 0s"
  })
  void an_invalid_setting_is_named(String variable, String value, String words) {
    assertThatThrownBy(() -> with(variable, value))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("stoker.")
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({
    "STOKER_PROMPTS_MODEL, nobody/nothing, stoker.prompts.model: expected a model of one of",
    "STOKER_PROMPTS_SIMULATOR_ENABLED, false, stoker.prompts.simulator.enabled: expected true without other providers",
    "STOKER_PROMPTS_FACTSFILE, no-such-file, stoker.prompts.facts-file: expected a file of facts"
  })
  void invalid_providers_are_named(String variable, String value, String words) {
    assertThatThrownBy(() -> providers(variable, value))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith(words);
  }
}
