package io.stoker.prompts;

import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.policy.Tier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What models are asked: the same up to the end of the history, whether for real or to warm.
final class WarmRequests {

  /// What a warm says in the place of the user. Nobody reads the answer.
  static final String PROBE = "Reply with one full stop.";

  private WarmRequests() {}

  static PromptRequest of(
      String conversationId,
      Choice choice,
      String system,
      List<StoredChunk> history,
      String prompt,
      @Nullable Tier tier) {
    var messages =
        history.stream().map(stored -> new Message(stored.role(), stored.chunk())).toList();
    return new PromptRequest(conversationId, choice.model(), system, messages, prompt, tier);
  }
}
