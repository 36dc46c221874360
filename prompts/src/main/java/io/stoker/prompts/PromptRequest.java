package io.stoker.prompts;

import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.policy.CacheTier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request to a model: a turn, or a warm.
///
/// A turn and the warm before it must be identical on the wire up to the end of `history`, or the
/// warm is useless. So an adapter builds both with the same code, and sets its last common cache
/// breakpoint at the end of `history`; a turn has one more at the end of `prompt`.
///
/// @param conversationId for providers that use it as a cache key
/// @param model without the provider's name
/// @param system the system prompt; empty for none
/// @param history the earlier messages
/// @param prompt the user's new message; in a warm, a short text whose answer is not read
/// @param tier for cache writes; null for the provider's default
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

  /// A request with the provider's default tier.
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
