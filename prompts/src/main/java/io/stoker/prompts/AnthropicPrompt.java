package io.stoker.prompts;

import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.CacheControlEphemeral;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolChoiceNone;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlockParam;
import io.stoker.CallException;
import io.stoker.prompts.Transcript.Side;
import io.stoker.prompts.policy.Tier;
import io.stoker.wire.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A request as Anthropic takes it, with the marks up to which its cache is to keep it.
///
/// Of the four marks that are allowed, one is at the end of the system prompt, one where the last
/// turn's request ended, one at the end of the history, and in a real turn one at the end of what
/// the user says now. The second is for long answers: from a mark, Anthropic looks only twenty
/// blocks back for what it has kept.
final class AnthropicPrompt {

  private static final int LONGEST_NAME = 64;
  private static final Pattern UNFIT = Pattern.compile("[^a-zA-Z0-9_-]");

  private final PromptRequest request;
  private final CacheControlEphemeral mark;

  AnthropicPrompt(PromptRequest request, Tier tier) {
    this.request = request;
    this.mark =
        CacheControlEphemeral.builder()
            .ttl(
                switch (tier) {
                  case BRIEF -> CacheControlEphemeral.Ttl.TTL_5M;
                  case LASTING -> CacheControlEphemeral.Ttl.TTL_1H;
                })
            .build();
  }

  /// What a real turn asks.
  MessageCreateParams turn(long maxTokens) {
    return params(maxTokens, true);
  }

  /// What a warm asks.
  MessageCreateParams warm(long maxTokens) {
    return params(maxTokens, false);
  }

  private MessageCreateParams params(long maxTokens, boolean keepsPrompt) {
    var params = MessageCreateParams.builder().model(request.model()).maxTokens(maxTokens);
    if (!request.system().isBlank()) {
      params.systemOfTextBlockParams(
          List.of(TextBlockParam.builder().text(request.system()).cacheControl(mark).build()));
    }
    var history = Transcript.of(request.history());
    addTools(params, history);
    addMessages(params, history, keepsPrompt);
    return params.build();
  }

  /// Tools that a history tells of must be declared; they are not to be called again.
  private static void addTools(MessageCreateParams.Builder params, Transcript history) {
    var names = new LinkedHashSet<String>();
    for (var turn : history.turns()) {
      for (var part : turn.parts()) {
        if (part instanceof Transcript.Call call) {
          names.add(name(call.name()));
        }
      }
    }
    for (var name : names) {
      params.addTool(
          Tool.builder().name(name).inputSchema(Tool.InputSchema.builder().build()).build());
    }
    if (!names.isEmpty()) {
      params.toolChoice(ToolChoiceNone.builder().build());
    }
  }

  private void addMessages(
      MessageCreateParams.Builder params, Transcript history, boolean keepsPrompt) {
    int end = history.size() - 1;
    int lastAsked = lastAsked(history);
    int prompt = keepsPrompt ? history.size() : -1;
    int block = 0;
    for (var turn : history.and(request.prompt()).turns()) {
      var blocks = new ArrayList<ContentBlockParam>();
      for (var part : turn.parts()) {
        boolean marked = block == end || block == lastAsked || block == prompt;
        blocks.add(block(part, marked));
        block++;
      }
      switch (turn.side()) {
        case USER -> params.addUserMessageOfContentBlockParams(blocks);
        case MODEL -> params.addAssistantMessageOfContentBlockParams(blocks);
      }
    }
  }

  /// The last block of the last thing that the user said; -1 if there is none.
  private static int lastAsked(Transcript history) {
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

  /// An empty mark would be sent as `null`, so none is given where there is none.
  private ContentBlockParam block(Transcript.Part part, boolean marked) {
    return switch (part) {
      case Transcript.Words words -> {
        var block = TextBlockParam.builder().text(words.text());
        yield ContentBlockParam.ofText((marked ? block.cacheControl(mark) : block).build());
      }
      case Transcript.Call call -> {
        var block =
            ToolUseBlockParam.builder()
                .id(name(call.id()))
                .name(name(call.name()))
                .input(input(call.input()));
        yield ContentBlockParam.ofToolUse((marked ? block.cacheControl(mark) : block).build());
      }
      case Transcript.Result result -> {
        var block =
            ToolResultBlockParam.builder()
                .toolUseId(name(result.id()))
                .content(result.content())
                .isError(result.isError());
        yield ContentBlockParam.ofToolResult((marked ? block.cacheControl(mark) : block).build());
      }
    };
  }

  private static ToolUseBlockParam.Input input(String json) {
    var input = ToolUseBlockParam.Input.builder();
    members(json)
        .forEach((name, value) -> input.putAdditionalProperty(name, JsonValue.from(value)));
    return input.build();
  }

  /// What a call was given, which must be an object.
  private static Map<String, ?> members(String json) {
    try {
      return JsonObject.parse(json.isBlank() ? "{}" : json).members();
    } catch (CallException _) {
      return Map.of("input", json);
    }
  }

  /// Ids and names of other providers, in the letters that this one takes.
  private static String name(String text) {
    var letters = UNFIT.matcher(text).replaceAll("_");
    return letters.isEmpty() ? "_" : letters.substring(0, Math.min(LONGEST_NAME, letters.length()));
  }
}
