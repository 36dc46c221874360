package io.stoker.prompts;

import io.stoker.prompts.PromptProvider.Completion;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptProvider.DeltaListener;
import io.stoker.wire.ChatCompletions;
import io.stoker.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The answer of an OpenAI-compatible model so far. Confined to one thread.
final class OpenAiAnswer {

  private final DeltaListener listener;
  private final List<Call> calls = new ArrayList<>();

  OpenAiAnswer(DeltaListener listener) {
    this.listener = listener;
  }

  /// Adds the next delta, or a whole message.
  void add(JsonNode message) {
    // Servers use either name, and some send both.
    var thought = message.path("reasoning_content").asString();
    if (thought.isEmpty()) {
      thought = message.path("reasoning").asString();
    }
    if (!thought.isEmpty()) {
      listener.on(new Delta.Reasoning(thought));
    }
    var text = message.path("content").asString() + message.path("refusal").asString();
    if (!text.isEmpty()) {
      listener.on(new Delta.Text(text));
    }
    Json.items(message.path("tool_calls")).forEach(this::addCall);
  }

  /// Completes the answer.
  Completion end(ChatCompletions.End end) {
    for (int i = 0; i < calls.size(); i++) {
      listener.on(calls.get(i).complete(i));
    }
    var reason =
        switch (end.finish()) {
          case "tool_calls", "function_call" -> "tool-calls";
          case "content_filter" -> "content-filter";
          default -> end.finish();
        };
    return new Completion(reason, end.tokens() == null ? Usage.NONE : usage(end.tokens()));
  }

  static Usage usage(ChatCompletions.Tokens tokens) {
    return new Usage(tokens.prompt(), tokens.completion(), tokens.cached(), null, 0);
  }

  private void addCall(JsonNode part) {
    var id = part.path("id").asString();
    int index = part.path("index").asInt(-1);
    var call = find(index, id);
    if (call == null) {
      call = new Call(index);
      calls.add(call);
    }
    if (call.id.isEmpty()) {
      call.id = id;
    }
    var function = part.path("function");
    call.name.append(function.path("name").asString());
    call.input.append(function.path("arguments").asString());
  }

  /// The call that a delta belongs to: the one with its index or, without indexes, the last one
  /// unless the id is new.
  private @Nullable Call find(int index, String id) {
    if (index >= 0) {
      return calls.stream().filter(call -> call.index == index).findFirst().orElse(null);
    }
    if (calls.isEmpty() || (!id.isEmpty() && !id.equals(calls.getLast().id))) {
      return null;
    }
    return calls.getLast();
  }

  /// A tool call that is still being streamed.
  private static final class Call {

    private final int index;
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder input = new StringBuilder();
    private String id = "";

    private Call(int index) {
      this.index = index;
    }

    private Delta complete(int place) {
      return new Delta.ToolCall(
          id.isEmpty() ? "call_" + place : id,
          name.toString(),
          input.isEmpty() ? "{}" : input.toString());
    }
  }
}
