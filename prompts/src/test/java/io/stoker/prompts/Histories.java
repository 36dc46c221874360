package io.stoker.prompts;

import java.util.ArrayList;
import java.util.List;

/// Histories with everything that can be in one.
final class Histories {

  private Histories() {}

  /// What came after each of a few prompts.
  static List<List<Message>> turns() {
    return List.of(
        List.of(assistant(new Chunk.Text("First answer, \"quoted\" and with ümläuts 🎈\n"))),
        List.of(
            assistant(new Chunk.Thinking("Which tool?")),
            assistant(new Chunk.Text("Let me look.")),
            assistant(call("call:1", "{\"path\":\"/a b\",\"deep\":{\"n\":[1,2.50,null,true]}}")),
            assistant(call("call:2", "not JSON")),
            new Message(Role.TOOL, new Chunk.ToolResult("call:1", "ls", "a\nb", false, null)),
            new Message(Role.TOOL, new Chunk.ToolResult("call:2", "ls", "no such", true, null)),
            assistant(new Chunk.Text("There are two."))),
        List.of(
            assistant(new Chunk.Text("Half an ans")),
            assistant(new Chunk.Failure("it broke off", "unavailable"))),
        // Aborted before anything came: the next prompt is the user's again.
        List.of(assistant(new Chunk.Failure("aborted", null))),
        List.of(
            assistant(call("call:3", "{}")),
            new Message(Role.SYSTEM, new Chunk.Instruction("Be brief from now on."))),
        List.of(assistant(new Chunk.Text("Last answer."))),
        List.of());
  }

  /// All of it in one.
  static List<Message> whole() {
    var history = new ArrayList<Message>();
    for (var said : turns()) {
      history.add(new Message(Role.USER, new Chunk.Text("Question " + history.size())));
      history.addAll(said);
    }
    history.add(assistant(new Chunk.Text("So much for that.")));
    return history;
  }

  private static Chunk call(String id, String input) {
    return new Chunk.ToolCall(id, "ls", input, null);
  }

  private static Message assistant(Chunk chunk) {
    return new Message(Role.ASSISTANT, chunk);
  }
}
