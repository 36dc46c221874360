package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.prompts.TurnMetrics.StepMetrics;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// History and metrics have the wire format, and round-trip without loss.
final class PromptJsonTest {

  @Test
  void history_parts_have_the_wire_format() {
    assertWritten(
        new HistoryPart.Text("a\n\"b\""), "{\"type\":\"text\",\"text\":\"a\\n\\\"b\\\"\"}");
    assertWritten(new HistoryPart.Thinking("hm"), "{\"type\":\"thinking\",\"text\":\"hm\"}");
    assertWritten(
        new HistoryPart.ToolCall("1", "clock", "{\"zone\": [\"UTC\", 1.50]}", "turn#0"),
        "{\"type\":\"tool-call\",\"toolCallId\":\"1\",\"toolName\":\"clock\","
            + "\"input\":{\"zone\": [\"UTC\", 1.50]},\"stepId\":\"turn#0\"}");
    assertWritten(
        new HistoryPart.ToolResult("1", "clock", "noon", false, null),
        "{\"type\":\"tool-result\",\"toolCallId\":\"1\",\"toolName\":\"clock\","
            + "\"content\":\"noon\",\"isError\":false}");
    assertWritten(
        new HistoryPart.ToolResult("1", "clock", "", true, "turn#0"),
        "{\"type\":\"tool-result\",\"toolCallId\":\"1\",\"toolName\":\"clock\","
            + "\"content\":\"\",\"isError\":true,\"stepId\":\"turn#0\"}");
    assertWritten(
        new HistoryPart.Failure("gone", "UNAVAILABLE"),
        "{\"type\":\"error\",\"message\":\"gone\",\"code\":\"UNAVAILABLE\"}");
    assertWritten(
        new HistoryPart.Failure("gone", null), "{\"type\":\"error\",\"message\":\"gone\"}");
    assertWritten(
        new HistoryPart.Instruction("be brief"), "{\"type\":\"system\",\"text\":\"be brief\"}");
  }

  private static void assertWritten(HistoryPart part, String json) {
    assertThat(PromptJson.of(part)).isEqualTo(json);
    assertThat(PromptJson.part(json)).isEqualTo(part);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{ \"a\" : { \"b\" : [ 1e5, -0.10, \"}\" ] } }",
        "{\"漢😀\":\"\\u0000\\ud83d\"}",
        "{\"a\":1,\"a\":2}",
        " {\"a\":1} ",
        "{\"a\":1}{}",
        "{\"a\":1",
        "{'a':1}",
        "",
        " ",
        "null",
        "true",
        "12",
        "\"text\"",
        "not JSON",
        "a\0b\uD83D",
      })
  void the_input_of_a_tool_comes_back_to_the_letter(String input) {
    var call = new HistoryPart.ToolCall("1", "tool", input, null);

    assertThat(PromptJson.part(PromptJson.of(call))).isEqualTo(call);
  }

  @Test
  void the_input_of_a_tool_may_be_nested_or_long_beyond_what_is_sound() {
    for (var input :
        List.of(
            "[".repeat(499) + "]".repeat(499),
            "[".repeat(100_000) + "]".repeat(100_000),
            "[\"" + "x".repeat(30_000_000) + "\"]",
            "[" + "9".repeat(5_000) + "]")) {
      var call = new HistoryPart.ToolCall("1", "tool", input, null);

      assertThat(PromptJson.part(PromptJson.of(call)).equals(call)).isTrue();
    }
  }

  @Test
  void a_text_may_be_of_any_length() {
    var part = new HistoryPart.Text("0123456789".repeat(3_000_000));

    assertThat(PromptJson.part(PromptJson.of(part)).equals(part)).isTrue();
  }

  @Test
  void a_history_part_of_an_unknown_type_is_rejected() {
    assertThatThrownBy(() -> PromptJson.part("{\"type\":\"image\"}")).hasMessageContaining("image");
  }

  @Test
  void metrics_have_the_wire_format() {
    var metrics =
        new TurnMetrics(
            "turn",
            new Usage(1000, 20, 900L, 100L, 60),
            Duration.ofMillis(1500),
            List.of(
                new StepMetrics(
                    "turn#0",
                    new Usage(1000, 20, null, null, 0),
                    Duration.ofNanos(120_500_000),
                    Duration.ofNanos(1),
                    Duration.ZERO),
                new StepMetrics("turn#1", Usage.NONE, null, null, null)),
            1020L);

    var json = PromptJson.of(metrics);

    assertThat(json)
        .isEqualTo(
            """
            {"turnId":"turn","usage":{"inputTokens":1000,"outputTokens":20,"cacheReadTokens":900,\
            "cacheWriteTokens":100,"hourWriteTokens":60},"durationMs":1500,"steps":[\
            {"stepId":"turn#0","usage":{"inputTokens":1000,"outputTokens":20},"ttftMs":120.5,\
            "decodeMs":0.000001,"genTotalMs":0},\
            {"stepId":"turn#1","usage":{"inputTokens":0,"outputTokens":0}}],"contextSize":1020}\
            """);
    assertThat(PromptJson.metrics(json)).isEqualTo(metrics);
  }

  @Test
  void metrics_of_a_turn_without_any_come_back() {
    var metrics = new TurnMetrics("", Usage.NONE, null, List.of(), null);

    assertThat(PromptJson.of(metrics))
        .isEqualTo(
            "{\"turnId\":\"\",\"usage\":{\"inputTokens\":0,\"outputTokens\":0},\"steps\":[]}");
    assertThat(PromptJson.metrics(PromptJson.of(metrics))).isEqualTo(metrics);
  }
}
