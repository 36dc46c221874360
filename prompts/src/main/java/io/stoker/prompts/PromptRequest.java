package io.stoker.prompts;

import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.policy.CacheTier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model is asked.
///
/// A real turn and the warm before it must reach the provider with the same bytes up to the end of
/// `history`, or the warm was for nothing. So an adapter builds both from the same code and sets
/// its last common cache breakpoint at the end of `history`; a real turn has one more at the end of
/// `prompt`.
///
/// @param conversationId for providers that route by it
/// @param model without the provider's name
/// @param system instructions; empty for none
/// @param history what was said before
/// @param prompt what the user says now; in a warm, a short text that nobody reads the answer of
/// @param tier for how long what it writes to the cache is to be kept; null for as long as the
///   provider is set to
public record PromptRequest(
    String conversationId,
    String model,
    String system,
    List<Message> history,
    String prompt,
    @Nullable CacheTier tier) {

  /// The last message of a warm. Its answer is not read.
  static final String WARM_PROMPT = "Reply with one full stop.";

  /// Copies the list.
  public PromptRequest {
    history = List.copyOf(history);
  }

  /// One that is kept for as long as the provider is set to.
  public PromptRequest(
      String conversationId, String model, String system, List<Message> history, String prompt) {
    this(conversationId, model, system, history, prompt, null);
  }

  /// A turn or, with [#WARM_PROMPT], a warm: the same up to the end of the history.
  static PromptRequest of(
      String conversationId,
      Choice choice,
      String system,
      List<StoredHistoryPart> history,
      String prompt,
      @Nullable CacheTier tier) {
    var messages =
        history.stream().map(stored -> new Message(stored.role(), stored.part())).toList();
    return new PromptRequest(conversationId, choice.model(), system, messages, prompt, tier);
  }
}
