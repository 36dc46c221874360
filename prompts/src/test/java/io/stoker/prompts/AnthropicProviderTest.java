package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.prompts.AnthropicSettings.EntryLifetime;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.testing.StubLlm.Counts;
import io.stoker.testing.StubLlm.Replies;
import io.stoker.testing.StubLlm.Says;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicProviderTest extends ProviderContract {

  private static final String MARK = "\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"5m\"}";

  @Override
  PromptProvider provider(CallTimeouts limits) {
    return PromptProvider.anthropic(
        new AnthropicSettings(KEY).at(stub.uri()).within(limits), ProviderFacts.standard(), time);
  }

  @Override
  String kept(String body, String text) {
    var rest = body.substring(body.indexOf("],\"model\":"));
    return body.substring(body.indexOf("\"messages\":"), body.indexOf(text))
        + " … "
        + rest.replace(",\"stream\":true", "");
  }

  @Override
  String tooLong() {
    return "max_tokens";
  }

  @Test
  void the_history_is_put_as_anthropic_wants_it() throws InterruptedException {
    stream(request("Why?"));

    var request = stub.requests().getFirst();
    assertThat(request.path()).isEqualTo("/v1/messages");
    assertThat(request.headers())
        .containsEntry("authorization", "Bearer " + KEY)
        .containsKey("anthropic-version");
    assertThat(request.body())
        .contains(
            "\"max_tokens\":16000",
            "\"model\":\"m\"",
            "\"stream\":true",
            "\"name\":\"ls\"",
            "\"tool_choice\":{\"type\":\"none\"}",
            "\"id\":\"call_1\"",
            "\"input\":{\"path\":\"/a b\",\"deep\":{\"n\":[1,2.5,null,true]}}",
            "\"input\":{\"input\":\"not JSON\"}",
            "<instruction>\\nBe brief from now on.\\n</instruction>")
        .doesNotContain("Which tool?", "it broke off", "call_3", "call:3");
  }

  @Test
  void the_cache_is_marked_at_the_instructions_the_last_request_the_history_and_the_prompt()
      throws InterruptedException {
    stream(request("Why?"));
    warm();

    var turn = lastBodies(2).getFirst();
    var warm = lastBodies(2).getLast();
    assertThat(marked(turn))
        .containsExactly("Question 20", "So much for that.", "Why?", "Be kind.");
    assertThat(marked(warm)).containsExactly("Question 20", "So much for that.", "Be kind.");
  }

  @Test
  void a_first_turn_is_marked_at_the_instructions_and_the_prompt() throws InterruptedException {
    stream(new PromptRequest("c", "m", "Be kind.", List.of(), "Why?"));

    assertThat(marked(lastBodies(1).getFirst())).containsExactly("Why?", "Be kind.");
  }

  @Test
  void a_history_that_ends_with_a_call_and_its_result_is_marked_there()
      throws InterruptedException {
    var history =
        List.of(
            new Message(MessageRole.USER, new HistoryPart.Text("Look.")),
            new Message(MessageRole.ASSISTANT, new HistoryPart.ToolCall("1", "ls", "{}", null)),
            new Message(
                MessageRole.TOOL, new HistoryPart.ToolResult("1", "ls", "a b", false, null)));

    provider(OpenAiSettings.LIMITS).warm(new PromptRequest("c", "m", "", history, "p"));

    assertThat(lastBodies(1).getFirst())
        .containsPattern(
            "\\{[^{}]*\"type\":\"tool_result\"[^{}]*" + Pattern.quote(MARK) + "[^{}]*}");
  }

  @Test
  void entries_are_kept_for_an_hour_if_wanted() throws InterruptedException {
    var provider =
        PromptProvider.anthropic(
            new AnthropicSettings(KEY).at(stub.uri()).withLifetime(EntryLifetime.AN_HOUR),
            ProviderFacts.standard(),
            time);

    provider.warm(request("p"));

    assertThat(lastBodies(1).getFirst())
        .contains("\"ttl\":\"1h\"")
        .doesNotContain("\"ttl\":\"5m\"");
    assertThat(provider.cacheProfile("claude-sonnet-4-6").timeToLive())
        .isEqualTo(Duration.ofHours(1));
    assertThat(provider(OpenAiSettings.LIMITS).cacheProfile("claude-sonnet-4-6").timeToLive())
        .isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void what_was_used_is_counted_with_the_cache() throws InterruptedException {
    stub.counts(new Counts(20, 1000, 300, 7));

    assertThat(stream(request("Why?")).usage()).isEqualTo(new Usage(1320, 7, 1000L, 300L, 300));
    assertThat(warm()).isEqualTo(new Usage(1320, 7, 1000L, 300L, 300));
  }

  @Test
  void a_warm_asks_for_no_tokens_and_is_not_streamed() throws InterruptedException {
    warm();

    assertThat(lastBodies(1).getFirst())
        .contains("\"max_tokens\":0", "PROBE-TEXT")
        .doesNotContain("\"stream\"");
  }

  @Test
  void a_model_that_does_not_take_zero_tokens_gets_one_from_then_on() throws InterruptedException {
    stub.next(
        replies(
            400,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"max_tokens:"
                + " must be at least 1\"}}"));
    var provider = provider(OpenAiSettings.LIMITS);

    provider.warm(request("a"));
    provider.warm(request("b"));
    provider.warm(new PromptRequest("c", "other", "", List.of(), "c"));

    assertThat(stub.requests())
        .extracting(request -> request.body().replaceAll(".*\"max_tokens\":(\\d+).*", "$1"))
        .containsExactly("0", "1", "1", "0");
  }

  @Test
  void another_refusal_is_not_tried_again_with_more_tokens() {
    stub.next(replies(400, "{\"error\":{\"message\":\"credit balance is too low\"}}"));

    assertThatThrownBy(this::warm).hasMessageContaining("credit balance is too low");
    assertThat(stub.requests()).hasSize(1);
  }

  @Test
  void thoughts_and_calls_of_tools_are_put_together_from_their_parts() throws InterruptedException {
    stub.next(
        events(
            "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\","
                + "\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
                + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}",
            start(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"),
            delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"Hm.\"}"),
            delta(0, "{\"type\":\"signature_delta\",\"signature\":\"xyz\"}"),
            stop(0),
            start(1, "{\"type\":\"text\",\"text\":\"\"}"),
            delta(1, "{\"type\":\"text_delta\",\"text\":\"I look.\"}"),
            stop(1),
            start(2, "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"ls\",\"input\":{}}"),
            delta(2, "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"p\\\":\"}"),
            delta(2, "{\"type\":\"input_json_delta\",\"partial_json\":\"1}\"}"),
            stop(2),
            start(3, "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"cat\",\"input\":{}}"),
            stop(3),
            "{\"type\":\"something_new\",\"more\":[1]}",
            "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\",\"stop_sequence\":null},"
                + "\"usage\":{\"output_tokens\":9,\"cache_read_input_tokens\":5}}",
            "{\"type\":\"message_stop\"}"));

    var completion = stream(request("Why?"));

    assertThat(completion)
        .isEqualTo(new PromptProvider.Completion("tool-calls", new Usage(6, 9, 5L, null, 0)));
    assertThat(heard)
        .containsExactly(
            new Delta.Reasoning("Hm."),
            new Delta.Text("I look."),
            new Delta.ToolCall("a", "ls", "{\"p\":1}"),
            new Delta.ToolCall("b", "cat", "{}"));
  }

  @ParameterizedTest
  @CsvSource({
    "end_turn, stop",
    "stop_sequence, stop",
    "refusal, content-filter",
    "model_context_window_exceeded, length",
    "pause_turn, pause_turn"
  })
  void the_reason_for_the_end_is_put_in_common_words(String theirs, String ours)
      throws InterruptedException {
    stub.next(new Says(theirs, "Well"));

    assertThat(stream(request("Why?")).reason()).isEqualTo(ours);
  }

  @ParameterizedTest
  @CsvSource({
    "rate_limit_error, RATE_LIMITED",
    "invalid_request_error, REFUSED",
    "timeout_error, TIMED_OUT",
    "api_error, UNAVAILABLE"
  })
  void an_error_in_the_middle_has_its_own_kind(String theirs, Code ours) {
    stub.next(
        new Replies(
            200,
            Map.of("Content-Type", "text/event-stream"),
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\""
                + theirs
                + "\",\"message\":\"oh\"}}\n\n"));

    assertThatThrownBy(() -> stream(request("Why?")))
        .hasMessageContaining("oh")
        .isInstanceOfSatisfying(
            CallException.class, error -> assertThat(error.code()).isEqualTo(ours));
  }

  @Test
  void the_models_are_those_that_anthropic_names() throws InterruptedException {
    stub.next(
        replies(
            200,
            "{\"data\":[{\"type\":\"model\",\"id\":\"claude-b\",\"display_name\":\"B\",\"created_at\":"
                + "\"2026-01-01T00:00:00Z\"}],\"has_more\":true,\"first_id\":\"claude-b\",\"last_id\":"
                + "\"claude-b\"}"));
    stub.next(
        replies(
            200,
            "{\"data\":[{\"type\":\"model\",\"id\":\"claude-a\",\"display_name\":\"A\",\"created_at\":"
                + "\"2026-01-01T00:00:00Z\"}],\"has_more\":false,\"first_id\":\"claude-a\","
                + "\"last_id\":\"claude-a\"}"));

    assertThat(provider(OpenAiSettings.LIMITS).models()).containsExactly("claude-b", "claude-a");
    assertThat(stub.requests()).allMatch(request -> request.path().startsWith("/v1/models"));
  }

  @Test
  void it_names_itself_and_the_version_of_its_protocol() {
    var provider = provider(OpenAiSettings.LIMITS);

    assertThat(provider.name()).isEqualTo("anthropic");
    assertThat(provider.version()).isEqualTo("Messages API 2023-06-01");
  }

  @Test
  void settings_are_checked_and_keep_their_key_to_themselves() {
    assertThat(new AnthropicSettings(KEY).toString()).doesNotContain(KEY);
    assertThatThrownBy(() -> new AnthropicSettings(" "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AnthropicSettings(KEY).at(URI.create("ftp://h")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// The texts of the blocks with a breakpoint, in the order of the request: first the messages,
  /// then the system prompt.
  private static List<String> marked(String body) {
    return Pattern.compile("\\{([^{}]*),?" + Pattern.quote(MARK) + "[^{}]*}")
        .matcher(body)
        .results()
        .map(block -> block.group().replaceAll("(?s).*\"text\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private static String start(int index, String block) {
    return "{\"type\":\"content_block_start\",\"index\":%d,\"content_block\":%s}"
        .formatted(index, block);
  }

  private static String delta(int index, String delta) {
    return "{\"type\":\"content_block_delta\",\"index\":%d,\"delta\":%s}".formatted(index, delta);
  }

  private static String stop(int index) {
    return "{\"type\":\"content_block_stop\",\"index\":%d}".formatted(index);
  }

  private static Replies events(String... events) {
    var body = new StringBuilder();
    for (var event : events) {
      var type = event.replaceAll("^\\{\"type\":\"([a-z_]+)\".*", "$1");
      body.append("event: ").append(type).append("\ndata: ").append(event).append("\n\n");
    }
    return new Replies(200, Map.of("Content-Type", "text/event-stream"), body.toString());
  }
}
