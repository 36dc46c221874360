package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.CallException;
import io.stoker.CallTimeouts;
import io.stoker.prompts.OpenAiSettings.Kind;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.testing.StubLlm.Counts;
import io.stoker.testing.StubLlm.Replies;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenAiProviderTest extends ProviderContract {

  @Override
  PromptProvider provider(CallTimeouts limits) {
    return PromptProvider.openAi(
        new OpenAiSettings("openai", Kind.OPEN_AI, stub.uri(), KEY, limits),
        ProviderFacts.standard(),
        time);
  }

  @Override
  String kept(String body, String text) {
    return body.substring(0, body.indexOf(text));
  }

  @Override
  String tooLong() {
    return "length";
  }

  @Test
  void the_history_is_put_as_openai_wants_it() throws InterruptedException {
    stream(request("Why?"));

    var request = stub.requests().getFirst();
    assertThat(request.path()).isEqualTo("/v1/chat/completions");
    assertThat(request.headers()).containsEntry("authorization", "Bearer " + KEY);
    assertThat(request.body())
        .contains(
            "{\"role\":\"system\",\"content\":\"Be kind.\"},{\"role\":\"user\",\"content\":\"Question"
                + " 0\"},",
            "{\"role\":\"assistant\",\"content\":\"Let me look.\",\"tool_calls\":[{\"id\":\"call:1\","
                + "\"type\":\"function\",\"function\":{\"name\":\"ls\",\"arguments\":\"{\\\"path\\\":",
            "{\"role\":\"tool\",\"content\":\"a\\nb\",\"tool_call_id\":\"call:1\"},{\"role\":\"tool\","
                + "\"content\":\"no such\",\"tool_call_id\":\"call:2\"},{\"role\":\"assistant\","
                + "\"content\":\"There are two.\"}",
            "<instruction>\\nBe brief from now on.\\n</instruction>\\n\\nQuestion")
        .endsWith(
            "{\"role\":\"user\",\"content\":\"Why?\"}],\"stream\":true,"
                + "\"stream_options\":{\"include_usage\":true}}")
        .doesNotContain("Which tool?", "it broke off", "call:3");
  }

  @Test
  void what_was_used_is_counted_with_the_cache_and_nobody_says_what_was_written()
      throws InterruptedException {
    stub.counts(new Counts(20, 1000, 0, 7));

    assertThat(stream(request("Why?")).usage()).isEqualTo(new Usage(1020, 7, 1000L, null, 0));
    assertThat(warm()).isEqualTo(new Usage(1020, 7, 1000L, null, 0));
  }

  @Test
  void a_server_that_says_nothing_of_its_cache_is_taken_at_its_word() throws InterruptedException {
    stub.next(replies(200, "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}"));
    assertThat(warm()).isEqualTo(new Usage(5, 1, null, null, 0));

    stub.next(
        replies(
            200,
            "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1},\"timings\":{\"cache_n\":4}}"));
    assertThat(warm()).isEqualTo(new Usage(5, 1, 4L, null, 0));
  }

  @Test
  void a_warm_asks_for_one_token_and_is_not_streamed() throws InterruptedException {
    warm();

    assertThat(lastBodies(1).getFirst())
        .contains("\"content\":\"PROBE-TEXT\"}],\"max_completion_tokens\":1}")
        .doesNotContain("\"stream\"");
  }

  @Test
  void a_model_that_wants_more_tokens_gets_more_from_then_on() throws InterruptedException {
    stub.next(replies(400, "{\"error\":{\"message\":\"max_tokens or output limit was reached\"}}"));
    var provider = provider(OpenAiSettings.LIMITS);

    provider.warm(request("a"));
    provider.warm(request("b"));

    assertThat(stub.requests())
        .extracting(request -> request.body().replaceAll(".*\"max_completion_tokens\":", ""))
        .containsExactly("1}", "16}", "16}");
  }

  @Test
  void openai_is_asked_to_keep_a_prompt_where_it_can() throws InterruptedException {
    var provider = provider(OpenAiSettings.LIMITS);

    provider.stream(new PromptRequest("chat-7", "gpt-5.1", "", List.of(), "p"), heard::add);
    provider.stream(new PromptRequest("c".repeat(200), "gpt-4o", "", List.of(), "p"), heard::add);

    assertThat(stub.requests().getFirst().body())
        .startsWith(
            "{\"model\":\"gpt-5.1\",\"prompt_cache_key\":\"chat-7\","
                + "\"prompt_cache_retention\":\"24h\",\"messages\":");
    assertThat(stub.requests().getLast().body())
        .matches(
            "(?s)\\{\"model\":\"gpt-4o\",\"prompt_cache_key\":\"[0-9a-f]{64}\",\"messages\":.*");
    assertThat(provider.cacheProfile("gpt-5.1").isWarmable()).isFalse();
    assertThat(provider.cacheProfile("gpt-4o").isWarmable()).isTrue();
  }

  @Test
  void ollama_is_asked_to_keep_its_model() throws InterruptedException {
    var provider =
        PromptProvider.openAi(
            OpenAiSettings.ollama(stub.uri().resolve("/v1/")), ProviderFacts.standard(), time);

    provider.stream(new PromptRequest("c", "llama3.2", "", List.of(), "p"), heard::add);
    provider.warm(new PromptRequest("c", "llama3.2", "", List.of(), "p"));

    assertThat(stub.requests())
        .allSatisfy(request -> {
          assertThat(request.path()).isEqualTo("/v1/chat/completions");
          assertThat(request.headers()).doesNotContainKey("authorization");
          assertThat(request.body())
              .startsWith("{\"model\":\"llama3.2\",\"keep_alive\":\"300s\",\"messages\":");
        });
    assertThat(lastBodies(1).getFirst()).endsWith(",\"max_tokens\":1}");
  }

  @Test
  void others_are_asked_for_nothing_that_they_do_not_know() throws InterruptedException {
    var provider =
        PromptProvider.openAi(
            OpenAiSettings.compatible("vllm", stub.uri(), null), ProviderFacts.standard(), time);

    provider.warm(new PromptRequest("c", "m", "", List.of(), "p"));

    assertThat(lastBodies(1).getFirst())
        .isEqualTo(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"p\"}],\"max_tokens\":1}");
    assertThat(provider.cacheProfile("m").timeToLive()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void thoughts_and_calls_of_tools_are_put_together_from_their_parts() throws InterruptedException {
    stub.next(
        events(
            "{\"choices\":[{\"delta\":{\"reasoning_content\":\"Hm.\"}}]}",
            "{\"choices\":[{\"delta\":{\"reasoning\":\"Well.\"}}]}",
            "{\"choices\":[{\"delta\":{\"content\":\"I look.\"}}]}",
            tool("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"ls\",\"arguments\":\"\"}}"),
            tool("{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"cat\"}}"),
            tool("{\"index\":0,\"function\":{\"arguments\":\"{\\\"p\\\":\"}}"),
            tool("{\"index\":0,\"function\":{\"arguments\":\"1}\"}}"),
            "{\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}"));

    var completion = stream(request("Why?"));

    assertThat(completion.reason()).isEqualTo("tool-calls");
    assertThat(completion.usage()).isEqualTo(Usage.NONE);
    assertThat(heard)
        .containsExactly(
            new Delta.Reasoning("Hm."),
            new Delta.Reasoning("Well."),
            new Delta.Text("I look."),
            new Delta.ToolCall("a", "ls", "{\"p\":1}"),
            new Delta.ToolCall("b", "cat", "{}"));
  }

  @Test
  void calls_of_tools_without_numbers_are_told_apart_by_their_ids() throws InterruptedException {
    stub.next(
        events(
            tool("{\"id\":\"a\",\"function\":{\"name\":\"ls\",\"arguments\":\"{}\"}}"),
            tool("{\"id\":\"b\",\"function\":{\"name\":\"cat\",\"arguments\":\"{\"}}"),
            tool("{\"function\":{\"arguments\":\"}\"}}"),
            "{\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}"));

    stream(request("Why?"));

    assertThat(heard)
        .containsExactly(new Delta.ToolCall("a", "ls", "{}"), new Delta.ToolCall("b", "cat", "{}"));
  }

  @Test
  void a_server_that_does_not_stream_answers_in_one_piece() throws InterruptedException {
    stub.next(
        replies(
            200,
            """
            {"choices":[{"message":{"content":"All of it."},"finish_reason":"content_filter"}],
             "usage":{"prompt_tokens":3,"completion_tokens":4}}
            """));

    var completion = stream(request("Why?"));

    assertThat(heard).containsExactly(new Delta.Text("All of it."));
    assertThat(completion)
        .isEqualTo(new PromptProvider.Completion("content-filter", new Usage(3, 4, null, null, 0)));
  }

  @Test
  void the_models_are_those_that_the_server_names() throws InterruptedException {
    stub.next(
        replies(200, "{\"object\":\"list\",\"data\":[{\"id\":\"b\"},{\"id\":\"a\"},{\"x\":1}]}"));

    assertThat(provider(OpenAiSettings.LIMITS).models()).containsExactly("a", "b");
    assertThat(stub.requests().getFirst())
        .returns("GET", request -> request.method())
        .returns("/v1/models", request -> request.path());
  }

  @Test
  void a_server_that_names_no_models_says_why() {
    stub.next(replies(404, "no such page"));

    assertThatThrownBy(() -> provider(OpenAiSettings.LIMITS).models())
        .isInstanceOf(CallException.class)
        .hasMessageContaining("no such page");
  }

  @Test
  void settings_are_checked_and_keep_their_key_to_themselves() {
    assertThat(OpenAiSettings.openAi(KEY).toString()).doesNotContain(KEY);
    assertThat(
            OpenAiSettings.openAi(KEY)
                .within(new CallTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2)))
                .key())
        .isEqualTo(KEY);
    assertThatThrownBy(() -> OpenAiSettings.compatible("a/b", URI.create("http://h"), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a/b");
    assertThatThrownBy(() -> OpenAiSettings.ollama(URI.create("ftp://h")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String tool(String call) {
    return "{\"choices\":[{\"delta\":{\"tool_calls\":[" + call + "]}}]}";
  }

  private static Replies events(String... events) {
    var body = new StringBuilder();
    for (var event : events) {
      body.append("data: ").append(event).append("\r\n\r\n");
    }
    return new Replies(
        200, Map.of("Content-Type", "text/event-stream"), body + "data: [DONE]\r\n\r\n");
  }
}
