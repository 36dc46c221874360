package io.stoker.prompts.simulator;

import io.stoker.prompts.HistoryPart;
import io.stoker.prompts.Message;
import io.stoker.prompts.MessageRole;
import io.stoker.prompts.PromptRequest;

/// The cacheable prefixes of a prompt, with their hashes and lengths. Immutable.
///
/// Prefix 0 ends after the instructions, prefix `n` after the `n`th message of the history, and the
/// last one after the user's new message.
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
    cut(messages + 1, new Message(MessageRole.USER, new HistoryPart.Text(request.prompt())));
  }

  private void cut(int number, Message message) {
    long before = prefixes[number - 1];
    var role = message.role().name();
    prefixes[number] =
        switch (message.part()) {
          case HistoryPart.Text(var text) -> mixed(before, role, "text", text);
          case HistoryPart.Thinking(var text) -> mixed(before, role, "thinking", text);
          case HistoryPart.Instruction(var text) -> mixed(before, role, "instruction", text);
          case HistoryPart.ToolCall call ->
              mixed(before, role, call.toolCallId(), call.toolName(), call.input());
          case HistoryPart.ToolResult result ->
              mixed(before, role, result.toolCallId(), "result", result.content());
          case HistoryPart.Failure _ -> before;
        };
    tokens[number] = tokens[number - 1] + tokens(message.part());
  }

  /// The index of the prefix that ends with the history; a warm caches up to here.
  int historyEnd() {
    return prefixes.length - 2;
  }

  /// The index of the whole prompt; a turn caches up to here.
  int end() {
    return prefixes.length - 1;
  }

  /// The hash of a prefix.
  long prefix(int cut) {
    return prefixes[cut];
  }

  /// The length of a prefix.
  long tokens(int cut) {
    return tokens[cut];
  }

  private static long tokens(HistoryPart part) {
    return switch (part) {
      case HistoryPart.Text(var text) -> tokens(text);
      case HistoryPart.Thinking(var text) -> tokens(text);
      case HistoryPart.Instruction(var text) -> tokens(text);
      case HistoryPart.ToolCall call -> tokens(call.toolName()) + tokens(call.input());
      case HistoryPart.ToolResult result -> tokens(result.content());
      case HistoryPart.Failure _ -> 0;
    };
  }

  /// Estimates four characters per token, rounded up.
  static long tokens(String text) {
    return Math.ceilDiv(text.length(), CHARACTERS_PER_TOKEN);
  }

  /// Extends a hash. The length of each text is hashed before it, so that texts cannot run into
  /// each other.
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
