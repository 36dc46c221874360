package io.stoker.prompts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A history in the form that providers accept: alternating turns of user and model, and only tool
/// calls and results that match.
///
/// The same history always gives the same transcript, or caches would miss. Left out is what no
/// provider accepts: blank texts, failures, and reasoning, which is useless without the signature
/// of its provider. A system message within the history becomes a tagged text of the user, since
/// not every model accepts it in a role of its own.
///
/// @param turns with alternating sides
record Transcript(List<Turn> turns) {

  enum Side {
    USER,
    MODEL
  }

  /// The consecutive parts of one side. Results of tools come first.
  record Turn(Side side, List<Part> parts) {

    Turn {
      parts = List.copyOf(parts);
    }
  }

  /// A part of a turn.
  sealed interface Part {}

  /// A text.
  record Words(String text) implements Part {}

  /// A tool call.
  ///
  /// @param input its arguments, as JSON
  record Call(String id, String name, String input) implements Part {}

  /// The result of a tool.
  record Result(String id, String content, boolean isError) implements Part {}

  Transcript {
    turns = List.copyOf(turns);
  }

  /// The transcript of a history.
  static Transcript of(List<Message> history) {
    var turns = new ArrayList<Turn>();
    for (var message : history) {
      var part = part(message.part());
      if (part != null) {
        add(turns, side(message), List.of(part));
      }
    }
    return new Transcript(paired(turns));
  }

  /// The same, followed by a text of the user.
  Transcript and(String prompt) {
    var longer = new ArrayList<>(turns);
    add(longer, Side.USER, List.of(new Words(prompt)));
    return new Transcript(longer);
  }

  /// The number of its parts.
  int size() {
    return turns.stream().mapToInt(turn -> turn.parts().size()).sum();
  }

  private static void add(List<Turn> turns, Side side, List<Part> parts) {
    if (!turns.isEmpty() && turns.getLast().side() == side) {
      var longer = new ArrayList<>(turns.removeLast().parts());
      longer.addAll(parts);
      turns.add(new Turn(side, longer));
    } else {
      turns.add(new Turn(side, parts));
    }
  }

  private static @Nullable Part part(HistoryPart part) {
    return switch (part) {
      case HistoryPart.Text text -> text.text().isBlank() ? null : new Words(text.text());
      case HistoryPart.Instruction instruction ->
          instruction.text().isBlank()
              ? null
              : new Words("<instruction>\n" + instruction.text() + "\n</instruction>");
      case HistoryPart.ToolCall call -> new Call(call.toolCallId(), call.toolName(), call.input());
      case HistoryPart.ToolResult result ->
          new Result(result.toolCallId(), result.content(), result.isError());
      case HistoryPart.Thinking _, HistoryPart.Failure _ -> null;
    };
  }

  private static Side side(Message message) {
    return switch (message.part()) {
      case HistoryPart.ToolCall _ -> Side.MODEL;
      case HistoryPart.ToolResult _, HistoryPart.Instruction _ -> Side.USER;
      case HistoryPart.Text _, HistoryPart.Thinking _, HistoryPart.Failure _ ->
          message.role() == MessageRole.ASSISTANT ? Side.MODEL : Side.USER;
    };
  }

  /// Removes calls without a result in the next turn, results without a call in the previous turn,
  /// and duplicates.
  private static List<Turn> paired(List<Turn> turns) {
    var paired = new ArrayList<Turn>();
    for (int i = 0; i < turns.size(); i++) {
      var turn = turns.get(i);
      var matched =
          switch (turn.side()) {
            case MODEL -> withOnly(ids(turns, i + 1, Transcript::resultId), turn);
            case USER -> withOnly(ids(turns, i - 1, Transcript::callId), turn);
          };
      if (!matched.isEmpty()) {
        add(paired, turn.side(), matched);
      }
    }
    return paired;
  }

  private static Set<String> ids(List<Turn> turns, int index, Function<Part, @Nullable String> id) {
    if (index < 0 || index >= turns.size()) {
      return new HashSet<>();
    }
    return turns.get(index).parts().stream()
        .map(part -> String.valueOf(id.apply(part)))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /// The calls and results with these ids, each once, and the texts; results first.
  private static List<Part> withOnly(Set<String> ids, Turn turn) {
    var results = new ArrayList<Part>();
    var others = new ArrayList<Part>();
    for (var part : turn.parts()) {
      switch (part) {
        case Words words -> others.add(words);
        case Call call -> {
          if (ids.remove(call.id())) {
            others.add(call);
          }
        }
        case Result result -> {
          if (ids.remove(result.id())) {
            results.add(result);
          }
        }
      }
    }
    results.addAll(others);
    return results;
  }

  private static @Nullable String resultId(Part part) {
    return part instanceof Result result ? result.id() : null;
  }

  private static @Nullable String callId(Part part) {
    return part instanceof Call call ? call.id() : null;
  }
}
