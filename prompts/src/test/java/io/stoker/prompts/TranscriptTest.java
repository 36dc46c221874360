package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.prompts.Transcript.Call;
import io.stoker.prompts.Transcript.Result;
import io.stoker.prompts.Transcript.Side;
import io.stoker.prompts.Transcript.Turn;
import io.stoker.prompts.Transcript.Words;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TranscriptTest {

  @Test
  void texts_of_one_side_in_a_row_are_one_turn() {
    var transcript =
        Transcript.of(List.of(user("a"), user("b"), model("c"), model("d"), user("e"))).and("f");

    assertThat(transcript.turns())
        .containsExactly(
            turn(Side.USER, "a", "b"), turn(Side.MODEL, "c", "d"), turn(Side.USER, "e", "f"));
    assertThat(transcript.size()).isEqualTo(6);
  }

  @Test
  void thoughts_failures_and_blank_texts_are_left_out() {
    var transcript =
        Transcript.of(
            List.of(
                user("a"),
                new Message(MessageRole.ASSISTANT, new HistoryPart.Thinking("hm")),
                model(" \n"),
                new Message(MessageRole.ASSISTANT, new HistoryPart.Failure("oh", null)),
                user("b")));

    assertThat(transcript.turns()).containsExactly(turn(Side.USER, "a", "b"));
  }

  @Test
  void results_come_first_in_their_turn() {
    var transcript =
        Transcript.of(
            List.of(
                user("a"),
                call("1"),
                new Message(MessageRole.SYSTEM, new HistoryPart.Instruction("be brief")),
                result("1")));

    assertThat(transcript.turns().getLast())
        .isEqualTo(
            new Turn(
                Side.USER,
                List.of(
                    new Result("1", "r", false),
                    new Words("<instruction>\nbe brief\n</instruction>"))));
  }

  @Test
  void a_call_without_a_result_and_a_result_without_a_call_are_left_out() {
    var transcript =
        Transcript.of(
            List.of(
                result("0"),
                user("a"),
                call("1"),
                call("2"),
                call("2"),
                result("2"),
                result("2"),
                model("b"),
                call("3"),
                user("c"),
                result("4"),
                model("d"),
                call("5")));

    assertThat(transcript.turns())
        .containsExactly(
            turn(Side.USER, "a"),
            new Turn(Side.MODEL, List.of(new Call("2", "t", "{}"))),
            new Turn(Side.USER, List.of(new Result("2", "r", false))),
            turn(Side.MODEL, "b"),
            turn(Side.USER, "c"),
            turn(Side.MODEL, "d"));
  }

  @Test
  void whatever_the_history_sides_take_turns_and_calls_have_their_results() {
    var random = new Random(20_261_121);
    for (int i = 0; i < 2_000; i++) {
      var history = random.ints(random.nextInt(20), 0, 100).mapToObj(TranscriptTest::any).toList();

      var turns = Transcript.of(history).turns();

      for (int t = 0; t < turns.size(); t++) {
        var turn = turns.get(t);
        assertThat(turn.parts()).isNotEmpty();
        if (t > 0) {
          assertThat(turn.side()).isNotEqualTo(turns.get(t - 1).side());
        }
        assertThat(results(turn))
            .as("results of turn %s of %s", t, history)
            .containsExactlyInAnyOrderElementsOf(t > 0 ? calls(turns.get(t - 1)) : List.of());
      }
      assertThat(turns.isEmpty() ? List.of() : calls(turns.getLast())).isEmpty();
    }
  }

  private static Message any(int number) {
    var id = String.valueOf(number % 3);
    return switch (number / 20) {
      case 0 -> user("u" + number);
      case 1 -> model("m" + number);
      case 2 -> call(id);
      case 3 -> result(id);
      default -> new Message(MessageRole.SYSTEM, new HistoryPart.Instruction("i" + number));
    };
  }

  private static List<String> calls(Turn turn) {
    return turn.parts().stream()
        .filter(Call.class::isInstance)
        .map(part -> ((Call) part).id())
        .toList();
  }

  private static List<String> results(Turn turn) {
    return turn.parts().stream()
        .filter(Result.class::isInstance)
        .map(part -> ((Result) part).id())
        .toList();
  }

  private static Turn turn(Side side, String... texts) {
    return new Turn(side, List.of(texts).stream().<Transcript.Part>map(Words::new).toList());
  }

  private static Message user(String text) {
    return new Message(MessageRole.USER, new HistoryPart.Text(text));
  }

  private static Message model(String text) {
    return new Message(MessageRole.ASSISTANT, new HistoryPart.Text(text));
  }

  private static Message call(String id) {
    return new Message(MessageRole.ASSISTANT, new HistoryPart.ToolCall(id, "t", "{}", null));
  }

  private static Message result(String id) {
    return new Message(MessageRole.TOOL, new HistoryPart.ToolResult(id, "t", "r", false, null));
  }
}
