package io.stoker.answers.rag;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import java.util.regex.Pattern;

/// A language model that words answers. Thread-safe.
interface ChatModel {

  /// The model of these settings.
  static ChatModel of(ChatSettings settings, Time time) {
    return new OpenAiChat(settings, time);
  }

  /// What tells it from others.
  String id();

  /// Asks, and waits for the whole reply.
  ///
  /// @param rules what the model is to do
  /// @param task what it is to do it with
  /// @throws CallException if there is no reply
  /// @throws InterruptedException if the thread is interrupted; the call is broken off
  Reply ask(String rules, String task) throws InterruptedException;

  /// What a model said.
  ///
  /// @param model its name, as it calls itself
  /// @param complete false if it reached its longest answer first
  record Reply(String text, String model, boolean complete) {

    private static final Pattern THOUGHTS =
        Pattern.compile("\\A\\s*<think>.*?</think>", Pattern.DOTALL);

    /// What came in pieces, without the thoughts that some models begin with.
    ///
    /// @throws CallException if nothing is left
    static Reply of(CharSequence pieces, String model, String finish) {
      var text = THOUGHTS.matcher(pieces).replaceFirst("").strip();
      if (text.isEmpty()) {
        throw new CallException(Code.BAD_ANSWER, "the model said nothing", null, null);
      }
      return new Reply(text, model, !finish.equals("length"));
    }
  }
}
