package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.prompts.PromptProvider.Completion;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptProvider.DeltaListener;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The answer of a Claude model so far. Confined to one thread.
final class AnthropicAnswer {

  private final DeltaListener listener;
  private final StringBuilder input = new StringBuilder();
  private @Nullable JsonNode tool;
  private boolean begun;
  private boolean ended;
  private String reason = "";
  private long plain;
  private long output;
  private @Nullable Long read;
  private @Nullable Long written;
  private long hour;

  AnthropicAnswer(DeltaListener listener) {
    this.listener = listener;
  }

  /// Adds the next event; unknown types are ignored.
  ///
  /// @return whether more events follow
  /// @throws CallException if the event reports a failure
  boolean add(JsonNode event) {
    switch (event.path("type").asString()) {
      case "message_start" -> begin(event.path("message").path("usage"));
      case "content_block_start" -> open(event.path("content_block"));
      case "content_block_delta" -> extend(event.path("delta"));
      case "content_block_stop" -> close();
      case "message_delta" -> {
        reason = event.path("delta").path("stop_reason").asString(reason);
        count(event.path("usage"));
      }
      case "message_stop" -> ended = true;
      case "error" -> {
        var error = event.path("error");
        throw CallException.reported(
            error.path("type").asString(), error.path("message").asString());
      }
      default -> {}
    }
    return !ended;
  }

  /// Completes the answer.
  ///
  /// @throws CallException if it is incomplete
  Completion end() {
    if (!begun) {
      throw new CallException(Code.BAD_ANSWER, "expected a message, got none", null, null);
    }
    if (!ended) {
      throw new CallException(
          Code.UNAVAILABLE, "the model ended in the middle of its answer", null, null);
    }
    return new Completion(
        switch (reason) {
          case "end_turn", "stop_sequence" -> "stop";
          case "max_tokens", "model_context_window_exceeded" -> "length";
          case "tool_use" -> "tool-calls";
          case "refusal" -> "content-filter";
          default -> reason;
        },
        usage());
  }

  /// The usage of a response that was not streamed.
  static Usage usageOf(JsonNode message) {
    var answer = new AnthropicAnswer(_ -> {});
    answer.begin(message.path("usage"));
    return answer.usage();
  }

  private void begin(JsonNode usage) {
    begun = true;
    plain = usage.path("input_tokens").longValue();
    output = usage.path("output_tokens").longValue();
    count(usage);
    hour = usage.path("cache_creation").path("ephemeral_1h_input_tokens").asLong();
  }

  /// Updates the counts, which are cumulative in each event.
  private void count(JsonNode usage) {
    plain = usage.path("input_tokens").asLong(plain);
    output = usage.path("output_tokens").asLong(output);
    if (usage.hasNonNull("cache_read_input_tokens")) {
      read = usage.path("cache_read_input_tokens").longValue();
    }
    if (usage.hasNonNull("cache_creation_input_tokens")) {
      written = usage.path("cache_creation_input_tokens").longValue();
    }
  }

  /// Anthropic reports cached tokens separately from `input_tokens`.
  private Usage usage() {
    long cached = (read == null ? 0 : read) + (written == null ? 0 : written);
    return new Usage(plain + cached, output, read, written, hour);
  }

  private void open(JsonNode block) {
    tool = block.path("type").asString().equals("tool_use") ? block : null;
    input.setLength(0);
    say(block.path("text").asString());
  }

  private void extend(JsonNode delta) {
    say(delta.path("text").asString());
    var thought = delta.path("thinking").asString();
    if (!thought.isEmpty()) {
      listener.on(new Delta.Reasoning(thought));
    }
    input.append(delta.path("partial_json").asString());
  }

  private void say(String text) {
    if (!text.isEmpty()) {
      listener.on(new Delta.Text(text));
    }
  }

  private void close() {
    var called = tool;
    if (called != null) {
      tool = null;
      listener.on(
          new Delta.ToolCall(
              called.path("id").asString(),
              called.path("name").asString(),
              input.isEmpty() ? "{}" : input.toString()));
    }
  }
}
