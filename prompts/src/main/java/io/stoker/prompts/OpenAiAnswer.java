package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.prompts.PromptProvider.Completion;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptProvider.DeltaListener;
import io.stoker.wire.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an OpenAI-compatible model has said so far. Confined to one thread.
final class OpenAiAnswer {

  private final DeltaListener listener;
  private final List<Call> calls = new ArrayList<>();
  private String finish = "";
  private boolean heard;
  private Usage usage = Usage.NONE;

  OpenAiAnswer(DeltaListener listener) {
    this.listener = listener;
  }

  /// Takes the next part, or all of an answer that does not come in parts.
  void hear(JsonObject part) {
    check(part);
    heard = true;
    for (var choice : part.objects("choices")) {
      hearMessage(choice.object("delta"));
      hearMessage(choice.object("message"));
      finish = choice.text("finish_reason", finish);
    }
    if (part.has("usage")) {
      usage = usage(part);
    }
  }

  /// How it ended.
  ///
  /// @throws CallException if it did not
  Completion end() {
    if (!heard) {
      throw new CallException(
          Code.BAD_ANSWER, "wanted an answer in parts, but none came", null, null);
    }
    if (finish.isEmpty()) {
      throw new CallException(
          Code.UNAVAILABLE, "the model ended in the middle of its answer", null, null);
    }
    for (int i = 0; i < calls.size(); i++) {
      listener.on(calls.get(i).whole(i));
    }
    var reason =
        switch (finish) {
          case "tool_calls", "function_call" -> "tool-calls";
          case "content_filter" -> "content-filter";
          default -> finish;
        };
    return new Completion(reason, usage);
  }

  /// What an answer in one piece cost.
  ///
  /// @throws CallException if it does not say, for then nobody knows whether it did anything
  static Usage usageOf(JsonObject answer) {
    check(answer);
    if (!answer.has("usage")) {
      throw new CallException(
          Code.BAD_ANSWER, "wanted a \"usage\" in the answer, but there is none", null, null);
    }
    return usage(answer);
  }

  private static void check(JsonObject part) {
    if (part.has("error")) {
      var error = part.object("error");
      throw CallTrouble.said(
          error.text("code", error.text("type", "")),
          error.text("message", "it does not say why"),
          null);
    }
  }

  private void hearMessage(JsonObject message) {
    // Some call it the one, some the other, and some send it as both.
    var thought = message.text("reasoning_content", message.text("reasoning", ""));
    if (!thought.isEmpty()) {
      listener.on(new Delta.Reasoning(thought));
    }
    var text = message.text("content", "") + message.text("refusal", "");
    if (!text.isEmpty()) {
      listener.on(new Delta.Text(text));
    }
    message.objects("tool_calls").forEach(this::hearCall);
  }

  private void hearCall(JsonObject part) {
    var id = part.text("id", "");
    int index = (int) part.number("index", -1);
    var call = find(index, id);
    if (call == null) {
      call = new Call(index);
      calls.add(call);
    }
    if (call.id.isEmpty()) {
      call.id = id;
    }
    var function = part.object("function");
    call.name.append(function.text("name", ""));
    call.input.append(function.text("arguments", ""));
  }

  /// The call that a part belongs to: that with its index, or where parts have none, the last one
  /// unless a new id begins.
  private @Nullable Call find(int index, String id) {
    if (index >= 0) {
      return calls.stream().filter(call -> call.index == index).findFirst().orElse(null);
    }
    if (calls.isEmpty() || (!id.isEmpty() && !id.equals(calls.getLast().id))) {
      return null;
    }
    return calls.getLast();
  }

  private static Usage usage(JsonObject part) {
    var usage = part.object("usage");
    var details = usage.object("prompt_tokens_details");
    var timings = part.object("timings");
    Long read = null;
    if (details.has("cached_tokens")) {
      read = tokens(details, "cached_tokens");
    } else if (timings.has("cache_n")) {
      // llama.cpp
      read = tokens(timings, "cache_n");
    }
    return new Usage(
        tokens(usage, "prompt_tokens"), tokens(usage, "completion_tokens"), read, null, 0);
  }

  private static long tokens(JsonObject object, String name) {
    return Math.max(0, (long) object.number(name, 0));
  }

  /// A call of a tool whose parts are still coming.
  private static final class Call {

    private final int index;
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder input = new StringBuilder();
    private String id = "";

    private Call(int index) {
      this.index = index;
    }

    private Delta whole(int place) {
      return new Delta.ToolCall(
          id.isEmpty() ? "call_" + place : id,
          name.toString(),
          input.isEmpty() ? "{}" : input.toString());
    }
  }
}
