package io.stoker.prompts.simulator;

import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A simulated answer, word by word; the same for the same request.
///
/// @param pieces each a word with the space after it
/// @param tokens of the whole answer
record SimulatedAnswer(List<Delta> pieces, long tokens) {

  private static final String THOUGHT =
      "This thought is simulated: there is nothing to think about.";

  private static final Pattern BETWEEN_WORDS = Pattern.compile("(?<= )");

  private static final List<String> SENTENCES =
      List.of(
          "The beginning of a prompt that the cache still holds is read, not worked out again.",
          "An entry lives on from the start of the last request that used it.",
          "A small request in time keeps it alive, at the price of one token of output.",
          "A word changed at the top makes everything below it new.",
          "What is new is written, and writing costs more than reading.",
          "The countdown of a conversation shows when its next small request is due.",
          "Once a conversation is closed, nobody pays for its cache any longer.",
          "A prompt that is very short is not kept at all.");

  static SimulatedAnswer to(PromptRequest request, SimulatedModel model) {
    var text = new StringBuilder();
    text.append("This answer is simulated, and no model has read your message of ")
        .append(request.prompt().length())
        .append(" characters, nor the ")
        .append(request.history().size())
        .append(" pieces before it.");
    int words = words(text.toString()).size();
    for (int i = request.prompt().length(); words < model.words(); i++) {
      var sentence = SENTENCES.get(i % SENTENCES.size());
      text.append(' ').append(sentence);
      words += words(sentence).size();
    }
    var pieces = new ArrayList<Delta>();
    if (model.thinks()) {
      words(THOUGHT).forEach(word -> pieces.add(new Delta.Reasoning(word)));
    }
    words(text.toString()).forEach(word -> pieces.add(new Delta.Text(word)));
    long tokens =
        SimulatedPrompt.tokens(text.toString())
            + (model.thinks() ? SimulatedPrompt.tokens(THOUGHT) : 0);
    return new SimulatedAnswer(List.copyOf(pieces), tokens);
  }

  private static List<String> words(String text) {
    return BETWEEN_WORDS.splitAsStream(text).toList();
  }
}
