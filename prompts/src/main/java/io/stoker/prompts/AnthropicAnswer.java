package io.stoker.prompts;

import com.anthropic.models.messages.CacheCreation;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageDeltaUsage;
import com.anthropic.models.messages.RawContentBlockDelta;
import com.anthropic.models.messages.RawContentBlockStartEvent;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.ToolUseBlock;
import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.prompts.PromptProvider.Completion;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptProvider.DeltaListener;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What Claude has said so far. Confined to one thread.
final class AnthropicAnswer {

  private final DeltaListener listener;
  private final StringBuilder input = new StringBuilder();
  private @Nullable ToolUseBlock tool;
  private boolean begun;
  private boolean ended;
  private String reason = "";
  private long plain;
  private long output;
  private Optional<Long> read = Optional.empty();
  private Optional<Long> written = Optional.empty();
  private long hour;

  AnthropicAnswer(DeltaListener listener) {
    this.listener = listener;
  }

  /// Takes the next event. Those of a kind that is not known yet do not matter.
  ///
  /// @param event null if it was `null`
  /// @return whether more is to come
  boolean hear(@Nullable RawMessageStreamEvent event) {
    if (event == null) {
      throw nothing();
    }
    event.messageStart().ifPresent(start -> begin(start.message().usage()));
    event.contentBlockStart().ifPresent(start -> open(start.contentBlock()));
    event.contentBlockDelta().ifPresent(delta -> add(delta.delta()));
    event.contentBlockStop().ifPresent(_ -> close());
    event
        .messageDelta()
        .ifPresent(delta -> {
          delta.delta().stopReason().ifPresent(stop -> reason = stop.asString());
          count(delta.usage());
        });
    event.messageStop().ifPresent(_ -> ended = true);
    return !ended;
  }

  /// How it ended.
  ///
  /// @throws CallException if it did not
  Completion end() {
    if (!begun) {
      throw nothing();
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

  /// What an answer in one piece cost.
  ///
  /// @param message null if it was `null`
  static Usage usageOf(@Nullable Message message) {
    if (message == null) {
      throw nothing();
    }
    var answer = new AnthropicAnswer(_ -> {});
    answer.begin(message.usage());
    return answer.usage();
  }

  private static CallException nothing() {
    return new CallException(Code.BAD_ANSWER, "wanted a message, but none came", null, null);
  }

  private void begin(com.anthropic.models.messages.Usage usage) {
    begun = true;
    plain = usage.inputTokens();
    output = usage.outputTokens();
    read = usage.cacheReadInputTokens();
    written = usage.cacheCreationInputTokens();
    hour = usage.cacheCreation().map(CacheCreation::ephemeral1hInputTokens).orElse(0L);
  }

  /// Counts from the beginning of the message, like those before.
  private void count(MessageDeltaUsage usage) {
    plain = usage.inputTokens().orElse(plain);
    output = usage.outputTokens();
    read = usage.cacheReadInputTokens().or(() -> read);
    written = usage.cacheCreationInputTokens().or(() -> written);
  }

  /// Anthropic counts what was read from the cache or written to it apart.
  private Usage usage() {
    return new Usage(
        plain + read.orElse(0L) + written.orElse(0L),
        output,
        read.orElse(null),
        written.orElse(null),
        hour);
  }

  private void open(RawContentBlockStartEvent.ContentBlock block) {
    tool = block.toolUse().orElse(null);
    input.setLength(0);
    block.text().ifPresent(text -> say(text.text()));
  }

  private void add(RawContentBlockDelta delta) {
    delta.text().ifPresent(text -> say(text.text()));
    delta
        .thinking()
        .map(thinking -> thinking.thinking())
        .filter(thought -> !thought.isEmpty())
        .ifPresent(thought -> listener.on(new Delta.Reasoning(thought)));
    delta.inputJson().ifPresent(json -> input.append(json.partialJson()));
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
              called.id(), called.name(), input.isEmpty() ? "{}" : input.toString()));
    }
  }
}
