package io.stoker.prompts.simulator;

import io.stoker.prompts.Chunk;
import io.stoker.prompts.Message;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.Role;

/// A prompt as the simulator's cache sees it: where it may be cut, and what each beginning is known
/// by. Immutable.
///
/// Cut number 0 is behind the instructions, number `n` behind the `n`th message of the history, and
/// the last one behind what the user says now.
final class SimulatedPrompt {

  private static final int CHARACTERS_PER_TOKEN = 4;
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private final long[] prefixes;
  private final long[] tokens;

  SimulatedPrompt(PromptRequest request) {
    int messages = request.history().size();
    prefixes = new long[messages + 2];
    tokens = new long[messages + 2];
    prefixes[0] = mixed(BASIS, request.model(), request.system());
    tokens[0] = tokens(request.system());
    for (int i = 0; i < messages; i++) {
      cut(i + 1, request.history().get(i));
    }
    cut(messages + 1, new Message(Role.USER, new Chunk.Text(request.prompt())));
  }

  private void cut(int number, Message message) {
    long before = prefixes[number - 1];
    var role = message.role().name();
    prefixes[number] =
        switch (message.chunk()) {
          case Chunk.Text(var text) -> mixed(before, role, "text", text);
          case Chunk.Thinking(var text) -> mixed(before, role, "thinking", text);
          case Chunk.Instruction(var text) -> mixed(before, role, "instruction", text);
          case Chunk.ToolCall call ->
              mixed(before, role, call.toolCallId(), call.toolName(), call.input());
          case Chunk.ToolResult result ->
              mixed(before, role, result.toolCallId(), "result", result.content());
          case Chunk.Failure _ -> before;
        };
    tokens[number] = tokens[number - 1] + tokens(message.chunk());
  }

  /// The number of the cut behind the history: as far as a warm's prompt is kept.
  int behindHistory() {
    return prefixes.length - 2;
  }

  /// The number of the last cut: as far as a turn's prompt is kept.
  int end() {
    return prefixes.length - 1;
  }

  /// What the beginning up to a cut is known by.
  long prefix(int cut) {
    return prefixes[cut];
  }

  /// How long the beginning up to a cut is.
  long tokens(int cut) {
    return tokens[cut];
  }

  private static long tokens(Chunk chunk) {
    return switch (chunk) {
      case Chunk.Text(var text) -> tokens(text);
      case Chunk.Thinking(var text) -> tokens(text);
      case Chunk.Instruction(var text) -> tokens(text);
      case Chunk.ToolCall call -> tokens(call.toolName()) + tokens(call.input());
      case Chunk.ToolResult result -> tokens(result.content());
      case Chunk.Failure _ -> 0;
    };
  }

  /// The estimate: four characters are a token, and what is left over is one more.
  static long tokens(String text) {
    return Math.ceilDiv(text.length(), CHARACTERS_PER_TOKEN);
  }

  /// Goes on from a hash; each text's length goes in before it, so that none runs into the next.
  private static long mixed(long hash, String... texts) {
    long mixed = hash;
    for (var text : texts) {
      mixed = (mixed ^ text.length()) * PRIME;
      for (int i = 0; i < text.length(); i++) {
        mixed = (mixed ^ text.charAt(i)) * PRIME;
      }
    }
    return mixed;
  }
}
