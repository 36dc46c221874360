package io.stoker.bench.warmbench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.prompts.policy.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {

  private static final String HEADER = "at,tenant,conversation,kind,stop,prompt,added";

  @TempDir private Path folder;

  @Test
  void requests_and_closes_are_read_in_the_order_of_time() throws IOException {
    var file = folder.resolve("trace.csv");
    Files.writeString(
        file,
        HEADER
            + "\r\n1767225700000,ann,c1,close,,,\r\n"
            + "2026-01-01T00:00:00Z,ann,c1,request,tool_use,5000,5000\r\n"
            + "2026-01-01T01:00:01.5+01:00,ann,c1,request,end_of_turn,6000,1000\n");

    assertThat(Trace.read(file))
        .containsExactly(
            new TrafficEvent(1_767_225_600_000L, "ann", "c1", StopReason.TOOL_USE, 5_000, 5_000),
            new TrafficEvent(1_767_225_601_500L, "ann", "c1", StopReason.END_OF_TURN, 6_000, 1_000),
            new TrafficEvent(1_767_225_700_000L, "ann", "c1", null, 0, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0,ann,c1,request,tool_use,10 | 7 fields, at,tenant,conversation,kind,stop,prompt,added |"
            + " 0,ann,c1,request,tool_use,10",
        "soon,ann,c1,request,tool_use,10,1 | an instant such as 2026-03-01T09:30:00Z, or"
            + " milliseconds since 1970 | soon",
        "-5,ann,c1,request,tool_use,10,1 | an instant such as 2026-03-01T09:30:00Z, or milliseconds"
            + " since 1970 | -5",
        "0,,c1,request,tool_use,10,1 | a tenant | nothing",
        "0,ann,,request,tool_use,10,1 | a conversation | nothing",
        "0,ann,c1,ask,tool_use,10,1 | request or close | ask",
        "0,ann,c1,request,,10,1 | one of end_of_turn, tool_use, awaiting_permission, background_job"
            + " | nothing",
        "0,ann,c1,request,tool_use,many,1 | tokens, 0 to 1000000000, as prompt | many",
        "0,ann,c1,request,tool_use,10,-1 | tokens, 0 to 1000000000, as added | -1",
        "0,ann,c1,request,tool_use,10,11 | no more tokens added than the prompt's 10 | 11",
        "0,ann,c1,close,tool_use,, | nothing after close | tool_use",
        "0,bob,c0,request,tool_use,10,1 | conversation c0 of tenant ann | bob",
        "0,\"ann\",c1,request,tool_use,10,1 | fields without quotes |"
            + " 0,\"ann\",c1,request,tool_use,10,1",
        "`` | 7 fields, at,tenant,conversation,kind,stop,prompt,added | nothing"
      })
  void a_line_that_cannot_be_understood_is_refused_with_its_number(
      String line, String expected, String got) {
    assertThatThrownBy(() -> Trace.read(List.of(HEADER, "0,ann,c0,request,tool_use,9,9", line)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 3 of the trace: expected " + expected + ", got " + got);
  }

  @Test
  void a_file_without_the_first_line_is_refused() {
    assertThatThrownBy(() -> Trace.read(List.of("0,ann,c0,request,tool_use,9,9")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "line 1 of the trace: expected " + HEADER + ", got 0,ann,c0,request,tool_use,9,9");
    assertThatThrownBy(() -> Trace.read(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 1 of the trace: expected " + HEADER + ", got nothing");
  }

  @Test
  void a_file_without_traffic_is_refused() {
    assertThatThrownBy(() -> Trace.read(List.of(HEADER)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 2 of the trace: expected a request or a close, got nothing");
  }

  @Test
  void a_file_that_is_missing_or_not_text_is_refused() throws IOException {
    var missing = folder.resolve("missing.csv");
    var latin = Files.write(folder.resolve("latin.csv"), "caf\u00e9".getBytes(ISO_8859_1));

    assertThatThrownBy(() -> Trace.read(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("cannot be read", "missing.csv");
    assertThatThrownBy(() -> Trace.read(latin))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a trace in UTF-8, got another encoding in " + latin);
  }
}
