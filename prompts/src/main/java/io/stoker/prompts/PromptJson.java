package io.stoker.prompts;

import io.stoker.prompts.TurnMetrics.StepMetrics;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// The JSON form of history parts and metrics, for storage and for the wire:
///
/// ```
/// {"type":"text","text":"..."}
/// {"type":"tool-call","toolCallId":"...","toolName":"...","input":{...},"stepId":"..."}
/// {"turnId":"...","usage":{"inputTokens":1,...},"durationMs":1.5,"steps":[...],"contextSize":1}
/// ```
///
/// Null members are left out. Two members beyond the wire format make it lossless: `inputText` next
/// to an `input` that is neither an object nor an array, and `hourWriteTokens`.
final class PromptJson {

  /// For stored JSON: without a length limit, and with twice the nesting depth accepted from
  /// outside.
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNestingDepth(2 * StreamReadConstraints.DEFAULT_MAX_DEPTH)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  private static final String TYPE = "type";
  private static final String TEXT = "text";
  private static final String TOOL_CALL_ID = "toolCallId";
  private static final String TOOL_NAME = "toolName";
  private static final String INPUT = "input";
  private static final String INPUT_TEXT = "inputText";
  private static final String CONTENT = "content";
  private static final String IS_ERROR = "isError";
  private static final String STEP_ID = "stepId";
  private static final String MESSAGE = "message";
  private static final String CODE = "code";

  private static final String TURN_ID = "turnId";
  private static final String USAGE = "usage";
  private static final String DURATION = "durationMs";
  private static final String STEPS = "steps";
  private static final String CONTEXT_SIZE = "contextSize";
  private static final String FIRST_TOKEN = "ttftMs";
  private static final String DECODING = "decodeMs";
  private static final String WHOLE = "genTotalMs";

  private static final String INPUT_TOKENS = "inputTokens";
  private static final String OUTPUT_TOKENS = "outputTokens";
  private static final String READ_TOKENS = "cacheReadTokens";
  private static final String WRITE_TOKENS = "cacheWriteTokens";
  private static final String HOUR_TOKENS = "hourWriteTokens";

  private static final int MILLIS_IN_NANOS = 6;

  private PromptJson() {}

  static String of(HistoryPart part) {
    var json = JSON.createObjectNode();
    switch (part) {
      case HistoryPart.Text(var text) -> json.put(TYPE, "text").put(TEXT, text);
      case HistoryPart.Thinking(var text) -> json.put(TYPE, "thinking").put(TEXT, text);
      case HistoryPart.ToolCall call -> {
        json.put(TYPE, "tool-call")
            .put(TOOL_CALL_ID, call.toolCallId())
            .put(TOOL_NAME, call.toolName());
        if (isWhole(call.input())) {
          json.putRawValue(INPUT, new RawValue(call.input()));
        } else {
          json.put(INPUT, call.input()).put(INPUT_TEXT, call.input());
        }
        put(json, STEP_ID, call.stepId());
      }
      case HistoryPart.ToolResult result -> {
        json.put(TYPE, "tool-result")
            .put(TOOL_CALL_ID, result.toolCallId())
            .put(TOOL_NAME, result.toolName())
            .put(CONTENT, result.content())
            .put(IS_ERROR, result.isError());
        put(json, STEP_ID, result.stepId());
      }
      case HistoryPart.Failure(var message, var code) ->
          put(json.put(TYPE, "error").put(MESSAGE, message), CODE, code);
      case HistoryPart.Instruction(var text) -> json.put(TYPE, "system").put(TEXT, text);
    }
    return JSON.writeValueAsString(json);
  }

  /// Whether a text is an object or a list, with nothing around it.
  private static boolean isWhole(String text) {
    try {
      return text.strip().length() == text.length()
          && JsonMapper.shared().readTree(text).isContainer();
    } catch (JacksonException _) {
      return false;
    }
  }

  static HistoryPart part(String json) {
    var parts = members(json);
    var type = need(parts, TYPE);
    return switch (type) {
      case "text" -> new HistoryPart.Text(need(parts, TEXT));
      case "thinking" -> new HistoryPart.Thinking(need(parts, TEXT));
      case "tool-call" ->
          new HistoryPart.ToolCall(
              need(parts, TOOL_CALL_ID),
              need(parts, TOOL_NAME),
              need(parts, parts.containsKey(INPUT_TEXT) ? INPUT_TEXT : INPUT),
              parts.get(STEP_ID));
      case "tool-result" ->
          new HistoryPart.ToolResult(
              need(parts, TOOL_CALL_ID),
              need(parts, TOOL_NAME),
              need(parts, CONTENT),
              Boolean.parseBoolean(need(parts, IS_ERROR)),
              parts.get(STEP_ID));
      case "error" -> new HistoryPart.Failure(need(parts, MESSAGE), parts.get(CODE));
      case "system" -> new HistoryPart.Instruction(need(parts, TEXT));
      default -> throw new IllegalStateException("a chunk of the unknown type " + type);
    };
  }

  /// The members of an object that are not null. An object or a list within comes out to the letter
  /// as it was written, which a tree of nodes would not keep.
  private static Map<String, String> members(String object) {
    var members = new HashMap<String, String>();
    try (var parser = JSON.createParser(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalStateException("expected an object, got: " + object);
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_NULL) {
          members.put(name, value(parser, object));
        }
      }
    }
    return members;
  }

  private static String value(JsonParser parser, String text) {
    if (!parser.currentToken().isStructStart()) {
      return parser.getString();
    }
    int from = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    parser.skipChildren();
    int to = Math.toIntExact(parser.currentLocation().getCharOffset());
    return text.substring(from, to);
  }

  private static String need(Map<String, String> parts, String name) {
    return Objects.requireNonNull(parts.get(name), name);
  }

  static String of(TurnMetrics metrics) {
    var json = JSON.createObjectNode().put(TURN_ID, metrics.turnId());
    put(json, metrics.usage());
    put(json, DURATION, metrics.took());
    var steps = json.putArray(STEPS);
    metrics.steps().forEach(step -> put(steps.addObject(), step));
    put(json, CONTEXT_SIZE, metrics.contextSize());
    return JSON.writeValueAsString(json);
  }

  private static void put(ObjectNode json, StepMetrics step) {
    json.put(STEP_ID, step.stepId());
    put(json, step.usage());
    put(json, FIRST_TOKEN, step.timeToFirstToken());
    put(json, DECODING, step.decoding());
    put(json, WHOLE, step.whole());
  }

  private static void put(ObjectNode json, Usage usage) {
    var tokens =
        json.putObject(USAGE)
            .put(INPUT_TOKENS, usage.inputTokens())
            .put(OUTPUT_TOKENS, usage.outputTokens());
    put(tokens, READ_TOKENS, usage.cacheReadTokens());
    put(tokens, WRITE_TOKENS, usage.cacheWriteTokens());
    if (usage.hourWriteTokens() > 0) {
      tokens.put(HOUR_TOKENS, usage.hourWriteTokens());
    }
  }

  private static void put(ObjectNode json, String name, @Nullable String text) {
    if (text != null) {
      json.put(name, text);
    }
  }

  private static void put(ObjectNode json, String name, @Nullable Long number) {
    if (number != null) {
      json.put(name, number);
    }
  }

  private static void put(ObjectNode json, String name, @Nullable Duration length) {
    if (length != null) {
      json.put(name, BigDecimal.valueOf(length.toNanos(), MILLIS_IN_NANOS).stripTrailingZeros());
    }
  }

  static TurnMetrics metrics(String text) {
    var json = JSON.readTree(text);
    return new TurnMetrics(
        json.required(TURN_ID).asString(),
        usage(json),
        length(json, DURATION),
        json.required(STEPS).valueStream().map(PromptJson::step).toList(),
        number(json, CONTEXT_SIZE));
  }

  private static StepMetrics step(JsonNode json) {
    return new StepMetrics(
        json.required(STEP_ID).asString(),
        usage(json),
        length(json, FIRST_TOKEN),
        length(json, DECODING),
        length(json, WHOLE));
  }

  private static Usage usage(JsonNode json) {
    var tokens = json.required(USAGE);
    return new Usage(
        tokens.required(INPUT_TOKENS).asLong(),
        tokens.required(OUTPUT_TOKENS).asLong(),
        number(tokens, READ_TOKENS),
        number(tokens, WRITE_TOKENS),
        tokens.path(HOUR_TOKENS).asLong());
  }

  private static @Nullable Long number(JsonNode json, String name) {
    return json.hasNonNull(name) ? Long.valueOf(json.path(name).asLong()) : null;
  }

  private static @Nullable Duration length(JsonNode json, String name) {
    return json.hasNonNull(name)
        ? Duration.ofNanos(
            json.path(name).asDecimal().movePointRight(MILLIS_IN_NANOS).longValueExact())
        : null;
  }
}
