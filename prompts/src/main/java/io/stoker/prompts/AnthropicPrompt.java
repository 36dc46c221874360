package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.prompts.Transcript.Side;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Builds requests of the Anthropic Messages API, with cache breakpoints.
///
/// Of the four breakpoints allowed, one is at the end of the system prompt, one at the end of the
/// last turn's request, one at the end of the history and, in a turn, one at the end of the user's
/// new message. The second one is for long answers: from a breakpoint, Anthropic looks back only
/// twenty blocks for a cached prefix.
final class AnthropicPrompt {

  private static final int MAX_NAME_LENGTH = 64;
  private static final Pattern INVALID_CHARACTERS = Pattern.compile("[^a-zA-Z0-9_-]");

  private final PromptRequest request;
  private final Map<String, String> cacheControl;

  AnthropicPrompt(PromptRequest request, CacheTier tier) {
    this.request = request;
    this.cacheControl = new LinkedHashMap<>();
    cacheControl.put("type", "ephemeral");
    cacheControl.put(
        "ttl",
        switch (tier) {
          case BRIEF -> "5m";
          case LASTING -> "1h";
        });
  }

  /// The body of a turn.
  Map<String, Object> turn(long maxTokens) {
    var body = body(maxTokens, true);
    body.put("stream", true);
    return body;
  }

  /// The body of a warm.
  Map<String, Object> warm(long maxTokens) {
    return body(maxTokens, false);
  }

  /// Members are in a fixed order, so that equal requests have equal bytes.
  private Map<String, Object> body(long maxTokens, boolean keepsPrompt) {
    var history = Transcript.of(request.history());
    var body = new LinkedHashMap<String, Object>();
    body.put("max_tokens", maxTokens);
    body.put("messages", messages(history, keepsPrompt));
    body.put("model", request.model());
    if (!request.system().isBlank()) {
      body.put("system", List.of(withBreakpoint(text(request.system()))));
    }
    var tools = tools(history);
    if (!tools.isEmpty()) {
      body.put("tool_choice", Map.of("type", "none"));
      body.put("tools", tools);
    }
    return body;
  }

  /// Tools that occur in the history must be declared; they cannot be called again.
  private static List<Map<String, Object>> tools(Transcript history) {
    var names = new LinkedHashSet<String>();
    for (var turn : history.turns()) {
      for (var part : turn.parts()) {
        if (part instanceof Transcript.Call call) {
          names.add(name(call.name()));
        }
      }
    }
    var tools = new ArrayList<Map<String, Object>>();
    for (var name : names) {
      var tool = new LinkedHashMap<String, Object>();
      tool.put("input_schema", Map.of("type", "object"));
      tool.put("name", name);
      tools.add(tool);
    }
    return tools;
  }

  private List<Map<String, Object>> messages(Transcript history, boolean keepsPrompt) {
    int end = history.size() - 1;
    int lastUserBlock = lastUserBlock(history);
    int prompt = keepsPrompt ? history.size() : -1;
    int block = 0;
    var messages = new ArrayList<Map<String, Object>>();
    for (var turn : history.and(request.prompt()).turns()) {
      var blocks = new ArrayList<Map<String, Object>>();
      for (var part : turn.parts()) {
        boolean isBreakpoint = block == end || block == lastUserBlock || block == prompt;
        blocks.add(isBreakpoint ? withBreakpoint(block(part)) : block(part));
        block++;
      }
      var message = new LinkedHashMap<String, Object>();
      message.put("content", blocks);
      message.put(
          "role",
          switch (turn.side()) {
            case USER -> "user";
            case MODEL -> "assistant";
          });
      messages.add(message);
    }
    return messages;
  }

  /// The index of the last block of the user's last message; -1 if there is none.
  private static int lastUserBlock(Transcript history) {
    int found = -1;
    int block = -1;
    for (var turn : history.turns()) {
      block += turn.parts().size();
      if (turn.side() == Side.USER && turn.parts().getLast() instanceof Transcript.Words) {
        found = block;
      }
    }
    return found;
  }

  private static Map<String, Object> block(Transcript.Part part) {
    return switch (part) {
      case Transcript.Words words -> text(words.text());
      case Transcript.Call call -> {
        var block = new LinkedHashMap<String, Object>();
        block.put("id", name(call.id()));
        block.put("input", input(call.input()));
        block.put("name", name(call.name()));
        block.put("type", "tool_use");
        yield block;
      }
      case Transcript.Result result -> {
        var block = new LinkedHashMap<String, Object>();
        block.put("tool_use_id", name(result.id()));
        block.put("type", "tool_result");
        block.put("content", result.content());
        block.put("is_error", result.isError());
        yield block;
      }
    };
  }

  private static Map<String, Object> text(String text) {
    var block = new LinkedHashMap<String, Object>();
    block.put("text", text);
    block.put("type", "text");
    return block;
  }

  private Map<String, Object> withBreakpoint(Map<String, Object> block) {
    block.put("cache_control", cacheControl);
    return block;
  }

  /// The arguments of a call, which must be an object.
  private static Object input(String json) {
    try {
      return Json.object(json.isBlank() ? "{}" : json);
    } catch (CallException _) {
      return Map.of("input", json);
    }
  }

  /// Replaces characters that Anthropic does not accept in ids and names of other providers.
  private static String name(String text) {
    var letters = INVALID_CHARACTERS.matcher(text).replaceAll("_");
    return letters.isEmpty()
        ? "_"
        : letters.substring(0, Math.min(MAX_NAME_LENGTH, letters.length()));
  }
}
