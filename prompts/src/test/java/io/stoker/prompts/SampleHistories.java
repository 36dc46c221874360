package io.stoker.prompts;

import java.util.ArrayList;
import java.util.List;

/// Sample histories with every kind of part.
final class SampleHistories {

  private SampleHistories() {}

  /// The answers to a few prompts.
  static List<List<Message>> turns() {
    return List.of(
        List.of(assistant(new HistoryPart.Text("First answer, \"quoted\" and with ümläuts 🎈\n"))),
        List.of(
            assistant(new HistoryPart.Thinking("Which tool?")),
            assistant(new HistoryPart.Text("Let me look.")),
            assistant(call("call:1", "{\"path\":\"/a b\",\"deep\":{\"n\":[1,2.50,null,true]}}")),
            assistant(call("call:2", "not JSON")),
            new Message(
                MessageRole.TOOL, new HistoryPart.ToolResult("call:1", "ls", "a\nb", false, null)),
            new Message(
                MessageRole.TOOL,
                new HistoryPart.ToolResult("call:2", "ls", "no such", true, null)),
            assistant(new HistoryPart.Text("There are two."))),
        List.of(
            assistant(new HistoryPart.Text("Half an ans")),
            assistant(new HistoryPart.Failure("it broke off", "unavailable"))),
        // Aborted before anything came: the next prompt is the user's again.
        List.of(assistant(new HistoryPart.Failure("aborted", null))),
        List.of(
            assistant(call("call:3", "{}")),
            new Message(MessageRole.SYSTEM, new HistoryPart.Instruction("Be brief from now on."))),
        List.of(assistant(new HistoryPart.Text("Last answer."))),
        List.of());
  }

  /// All of them in one history.
  static List<Message> whole() {
    var history = new ArrayList<Message>();
    for (var said : turns()) {
      history.add(
          new Message(MessageRole.USER, new HistoryPart.Text("Question " + history.size())));
      history.addAll(said);
    }
    history.add(assistant(new HistoryPart.Text("So much for that.")));
    return history;
  }

  private static HistoryPart call(String id, String input) {
    return new HistoryPart.ToolCall(id, "ls", input, null);
  }

  private static Message assistant(HistoryPart part) {
    return new Message(MessageRole.ASSISTANT, part);
  }
}
