package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.prompts.CacheProfile.Refresh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderFactsTest {

  private static final String SONNET = "anthropic/claude-sonnet-4-6";

  @TempDir private Path folder;

  @Test
  void claude_caches_for_five_minutes_or_an_hour_and_is_warmed() {
    var facts = ProviderFacts.standard();

    assertThat(facts.cacheProfile(SONNET))
        .isEqualTo(new CacheProfile(Duration.ofMinutes(5), 1024, Refresh.PING, ""));
    assertThat(facts.longCacheProfile(SONNET).timeToLive()).isEqualTo(Duration.ofHours(1));
    assertThat(facts.cacheProfile("anthropic/claude-opus-4-6").minimumTokens()).isEqualTo(4096);
  }

  @Test
  void newer_openai_models_get_a_retention_instead_of_warms() {
    var facts = ProviderFacts.standard();

    assertThat(facts.cacheProfile("openai/gpt-5.1"))
        .returns(Refresh.REQUEST, CacheProfile::refresh)
        .returns(Duration.ofHours(24), CacheProfile::timeToLive);
    assertThat(facts.cacheProfile("openai/gpt-5.1").instead()).contains("24 hours");
    assertThat(facts.cacheProfile("openai/gpt-4o"))
        .isEqualTo(new CacheProfile(Duration.ofMinutes(5), 1024, Refresh.PING, ""));
    assertThat(facts.cacheProfile("openai/gpt-5-mini-2025-08-07").refresh())
        .isEqualTo(Refresh.PING);
  }

  @Test
  void models_of_ones_own_have_no_price() {
    assertThat(ProviderFacts.standard().prices("ollama/llama3.2")).isEmpty();
    assertThat(ProviderFacts.standard().prices("who/knows")).isEmpty();
    assertThat(ProviderFacts.standard().cacheProfile("who/knows")).isEqualTo(CacheProfile.UNKNOWN);
    assertThat(ProviderFacts.standard().longCacheProfile("who/knows"))
        .isEqualTo(CacheProfile.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic/claude-sonnet-4-6, 3000000, 15000000, 300000, 3750000, 6000000",
    "anthropic/claude-opus-4-8, 5000000, 25000000, 500000, 6250000, 10000000",
    "anthropic/claude-opus-4-20250514, 15000000, 75000000, 1500000, 18750000, 30000000",
    "anthropic/claude-3-haiku-20240307, 250000, 1250000, 30000, 300000, 500000",
    "openai/gpt-4o-2024-08-06, 2500000, 10000000, 1250000, 2500000, 2500000",
    "openai/gpt-4o-mini, 150000, 600000, 75000, 150000, 150000",
    "openai/gpt-5.4-mini, 750000, 4500000, 75000, 750000, 750000",
    "openai/gpt-5, 1250000, 10000000, 125000, 1250000, 1250000"
  })
  void prices_are_whole_micro_dollars_for_a_million_tokens(
      String model, long input, long output, long read, long write, long longWrite) {
    assertThat(ProviderFacts.standard().prices(model))
        .contains(new Prices(input, output, read, write, longWrite));
  }

  @Test
  void what_was_used_costs_each_kind_of_token_by_its_own_price() {
    var prices = new Prices(3_000_000, 15_000_000, 300_000, 3_750_000, 6_000_000);

    // 100 plain, 1000 read, 300 written, 200 of them for an hour, 10 of output.
    var cost = prices.cost(new Usage(1400, 10, 1000L, 300L, 200));

    assertThat(cost).isEqualTo(300 + 300 + 375 + 1200 + 150);
    assertThat(prices.cost(Usage.NONE)).isZero();
    assertThat(new Prices(499_999, 0, 0, 0, 0).cost(new Usage(1, 0, null, null, 0))).isZero();
    assertThat(new Prices(500_000, 0, 0, 0, 0).cost(new Usage(1, 0, null, null, 0))).isOne();
  }

  @Test
  void more_than_can_be_counted_is_not_counted_wrongly() {
    var prices = new Prices(Long.MAX_VALUE, 0, 0, 0, 0);

    assertThatThrownBy(() -> prices.cost(new Usage(2, 0, null, null, 0)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void lines_of_a_file_lie_on_top_and_the_longest_pattern_wins() throws IOException {
    var file =
        file(
            """
            # mine
            anthropic/*.ttl = 4m
            anthropic/claude-sonnet-4-6.input = 2.5
            mine/model.with.dots\\:1b*.refresh = never
            mine/*.refresh = request
            mine/*.instead = it forgets nothing
            mine/*.minimum-tokens = 7
            """);

    var facts = ProviderFacts.from(file);

    assertThat(facts.cacheProfile(SONNET).timeToLive()).isEqualTo(Duration.ofMinutes(4));
    assertThat(facts.prices(SONNET)).map(Prices::input).contains(2_500_000L);
    assertThat(facts.prices("anthropic/claude-sonnet-4-6-x"))
        .map(Prices::input)
        .contains(3_000_000L);
    assertThat(facts.cacheProfile("mine/model.with.dots:1b-q4"))
        .isEqualTo(new CacheProfile(Duration.ofMinutes(5), 7, Refresh.NEVER, "it forgets nothing"));
    assertThat(facts.cacheProfile("mine/other").refresh()).isEqualTo(Refresh.REQUEST);
    assertThat(facts.cacheProfile("openai/gpt-4o").minimumTokens()).isEqualTo(1024);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/b.ttl = soon         | a/b.ttl         | a time such as",
        "a/b.ttl = 0s           | a/b.ttl         | a time such as",
        "a/b.long-ttl = -5m     | a/b.long-ttl    | a time such as",
        "a/b.minimum-tokens = x | a/b.minimum     | a number of tokens",
        "a/b.refresh = always   | a/b.refresh     | ping, request or never",
        "a/b.input = -1         | a/b.input       | dollars",
        "a/b.input = 1e9        | a/b.input       | dollars",
        "a/b.output = NaN       | a/b.output      | dollars",
        "a/b.read = much        | a/b.read        | a factor",
        "a/b.write =            | a/b.write       | a factor",
        "a/b.instead =          | a/b.instead     | a text",
        "a/b.colour = red       | a/b.colour      | one of .ttl",
        "a/b = 5m               | a/b             | one of .ttl",
        "*.ttl = 5m             | *.ttl           | a model such as",
        "a/*b.ttl = 5m          | a/*b.ttl        | a model such as",
        ".ttl = 5m              | .ttl            | a model such as",
        "a/b.ttl = \\u00zz      | cannot be under | facts.properties"
      })
  void a_line_that_makes_no_sense_is_named(String line, String key, String wanted)
      throws IOException {
    var file = file(line);

    assertThatThrownBy(() -> ProviderFacts.from(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(key)
        .hasMessageContaining(wanted);
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    var file = folder.resolve("none.properties");

    assertThatThrownBy(() -> ProviderFacts.from(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString());
  }

  private Path file(String lines) throws IOException {
    return Files.writeString(folder.resolve("facts.properties"), lines);
  }
}
