package io.stoker.server.wire;

import io.stoker.prompts.Conversation;
import io.stoker.prompts.IdlePeriod;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.Usage;
import io.stoker.prompts.policy.CacheTier;
import java.time.Instant;
import java.util.Optional;

/// What a conversation's prompt costs when its user says something next, without what is said then
/// and answered. In micro-dollars.
///
/// @param nowMicros read from the cache as long as that lives, else as after expiry
/// @param afterExpiryMicros written to the cache anew; plain if it is too short to be kept there
public record NextMessageCost(long nowMicros, long afterExpiryMicros) {

  /// Empty if nothing was said yet, or nobody knows prices.
  public static Optional<NextMessageCost> of(
      Conversation conversation, PromptProviders providers, Instant now) {
    var idle = conversation.warming().idle();
    var prices =
        providers.find(conversation.model()).flatMap(PromptProviders.Choice::prices).orElse(null);
    if (idle == null || prices == null) {
      return Optional.empty();
    }
    var warming = conversation.warming();
    boolean isKept = idle.promptTokens() >= warming.cacheProfile().minimumTokens();
    boolean isWarm = isKept && warming.coldAt().filter(now::isBefore).isPresent();
    long after = prices.cost(isKept ? written(idle) : plain(idle));
    return Optional.of(new NextMessageCost(isWarm ? prices.cost(read(idle)) : after, after));
  }

  private static Usage read(IdlePeriod idle) {
    return new Usage(idle.promptTokens(), 0, idle.promptTokens(), 0L, 0);
  }

  private static Usage written(IdlePeriod idle) {
    long tokens = idle.promptTokens();
    return new Usage(tokens, 0, 0L, tokens, idle.tier() == CacheTier.LASTING ? tokens : 0);
  }

  private static Usage plain(IdlePeriod idle) {
    return new Usage(idle.promptTokens(), 0, 0L, 0L, 0);
  }
}
