package io.stoker.prompts;

import io.stoker.prompts.TurnMetrics.StepMetrics;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Pieces of history and metrics as JSON, as they are kept and as they go over the wire:
///
/// ```
/// {"type":"text","text":"..."}
/// {"type":"tool-call","toolCallId":"...","toolName":"...","input":{...},"stepId":"..."}
/// {"turnId":"...","usage":{"inputTokens":1,...},"durationMs":1.5,"steps":[...],"contextSize":1}
/// ```
///
/// What is null is left out. Two members more than the wire asks for let everything come back to
/// the letter: `inputText` beside an `input` that is no object or list, and `hourWriteTokens`.
final class PromptJson {

  private static final JsonFactory JSON = new JsonFactory();

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

  static String of(Chunk chunk) {
    return written(json -> {
      json.writeStartObject();
      switch (chunk) {
        case Chunk.Text(var text) -> type(json, "text").writeStringProperty(TEXT, text);
        case Chunk.Thinking(var text) -> type(json, "thinking").writeStringProperty(TEXT, text);
        case Chunk.ToolCall call -> write(type(json, "tool-call"), call);
        case Chunk.ToolResult result -> write(type(json, "tool-result"), result);
        case Chunk.Failure(var message, var code) -> {
          type(json, "error").writeStringProperty(MESSAGE, message);
          text(json, CODE, code);
        }
        case Chunk.Instruction(var text) -> type(json, "system").writeStringProperty(TEXT, text);
      }
      json.writeEndObject();
    });
  }

  private static JsonGenerator type(JsonGenerator json, String type) {
    return json.writeStringProperty(TYPE, type);
  }

  private static void write(JsonGenerator json, Chunk.ToolCall call) {
    json.writeStringProperty(TOOL_CALL_ID, call.toolCallId());
    json.writeStringProperty(TOOL_NAME, call.toolName());
    json.writeName(INPUT);
    if (JsonParts.isWhole(call.input())) {
      json.writeRawValue(call.input());
    } else {
      json.writeString(call.input());
      json.writeStringProperty(INPUT_TEXT, call.input());
    }
    text(json, STEP_ID, call.stepId());
  }

  private static void write(JsonGenerator json, Chunk.ToolResult result) {
    json.writeStringProperty(TOOL_CALL_ID, result.toolCallId());
    json.writeStringProperty(TOOL_NAME, result.toolName());
    json.writeStringProperty(CONTENT, result.content());
    json.writeBooleanProperty(IS_ERROR, result.isError());
    text(json, STEP_ID, result.stepId());
  }

  static Chunk chunk(String json) {
    var parts = JsonParts.members(json);
    var type = need(parts, TYPE);
    return switch (type) {
      case "text" -> new Chunk.Text(need(parts, TEXT));
      case "thinking" -> new Chunk.Thinking(need(parts, TEXT));
      case "tool-call" ->
          new Chunk.ToolCall(
              need(parts, TOOL_CALL_ID),
              need(parts, TOOL_NAME),
              need(parts, parts.containsKey(INPUT_TEXT) ? INPUT_TEXT : INPUT),
              parts.get(STEP_ID));
      case "tool-result" ->
          new Chunk.ToolResult(
              need(parts, TOOL_CALL_ID),
              need(parts, TOOL_NAME),
              need(parts, CONTENT),
              Boolean.parseBoolean(need(parts, IS_ERROR)),
              parts.get(STEP_ID));
      case "error" -> new Chunk.Failure(need(parts, MESSAGE), parts.get(CODE));
      case "system" -> new Chunk.Instruction(need(parts, TEXT));
      default -> throw new IllegalStateException("a chunk of the unknown type " + type);
    };
  }

  static String of(TurnMetrics metrics) {
    return written(json -> {
      json.writeStartObject();
      json.writeStringProperty(TURN_ID, metrics.turnId());
      write(json, metrics.usage());
      length(json, DURATION, metrics.took());
      json.writeName(STEPS);
      json.writeStartArray();
      metrics.steps().forEach(step -> write(json, step));
      json.writeEndArray();
      number(json, CONTEXT_SIZE, metrics.contextSize());
      json.writeEndObject();
    });
  }

  private static void write(JsonGenerator json, StepMetrics step) {
    json.writeStartObject();
    json.writeStringProperty(STEP_ID, step.stepId());
    write(json, step.usage());
    length(json, FIRST_TOKEN, step.firstTokenAfter());
    length(json, DECODING, step.decoding());
    length(json, WHOLE, step.whole());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Usage usage) {
    json.writeName(USAGE);
    json.writeStartObject();
    json.writeNumberProperty(INPUT_TOKENS, usage.inputTokens());
    json.writeNumberProperty(OUTPUT_TOKENS, usage.outputTokens());
    number(json, READ_TOKENS, usage.cacheReadTokens());
    number(json, WRITE_TOKENS, usage.cacheWriteTokens());
    if (usage.hourWriteTokens() > 0) {
      json.writeNumberProperty(HOUR_TOKENS, usage.hourWriteTokens());
    }
    json.writeEndObject();
  }

  static TurnMetrics metrics(String json) {
    var parts = JsonParts.members(json);
    return new TurnMetrics(
        need(parts, TURN_ID),
        usage(need(parts, USAGE)),
        length(parts, DURATION),
        JsonParts.items(need(parts, STEPS)).stream().map(PromptJson::step).toList(),
        number(parts, CONTEXT_SIZE));
  }

  private static StepMetrics step(String json) {
    var parts = JsonParts.members(json);
    return new StepMetrics(
        need(parts, STEP_ID),
        usage(need(parts, USAGE)),
        length(parts, FIRST_TOKEN),
        length(parts, DECODING),
        length(parts, WHOLE));
  }

  private static Usage usage(String json) {
    var parts = JsonParts.members(json);
    return new Usage(
        Long.parseLong(need(parts, INPUT_TOKENS)),
        Long.parseLong(need(parts, OUTPUT_TOKENS)),
        number(parts, READ_TOKENS),
        number(parts, WRITE_TOKENS),
        Long.parseLong(parts.getOrDefault(HOUR_TOKENS, "0")));
  }

  private static void text(JsonGenerator json, String name, @Nullable String text) {
    if (text != null) {
      json.writeStringProperty(name, text);
    }
  }

  private static void number(JsonGenerator json, String name, @Nullable Long number) {
    if (number != null) {
      json.writeNumberProperty(name, number);
    }
  }

  private static @Nullable Long number(Map<String, String> parts, String name) {
    var text = parts.get(name);
    return text == null ? null : Long.valueOf(text);
  }

  private static void length(JsonGenerator json, String name, @Nullable Duration length) {
    if (length != null) {
      var millis = BigDecimal.valueOf(length.toNanos(), MILLIS_IN_NANOS).stripTrailingZeros();
      json.writeName(name);
      json.writeNumber(millis.toPlainString());
    }
  }

  private static @Nullable Duration length(Map<String, String> parts, String name) {
    var text = parts.get(name);
    return text == null
        ? null
        : Duration.ofNanos(new BigDecimal(text).movePointRight(MILLIS_IN_NANOS).longValueExact());
  }

  private static String need(Map<String, String> parts, String name) {
    return Objects.requireNonNull(parts.get(name), name);
  }

  private static String written(Writing writing) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      writing.to(json);
    }
    return text.toString();
  }

  private interface Writing {
    void to(JsonGenerator json);
  }
}
