package io.stoker.server.wire;

import io.stoker.prompts.Conversation;
import io.stoker.prompts.IdlePeriod;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.Usage;
import io.stoker.prompts.policy.CacheTier;
import java.time.Instant;
import java.util.Optional;

/// The cost of a conversation's present prompt in its next turn, in micro-dollars. The next message
/// and its answer are not included.
///
/// @param nowMicros if sent now: read from the cache, or as after expiry if the cache is cold
/// @param afterExpiryMicros if sent after expiry: written to the cache again, or uncached if the
///   prompt is too short for the cache
public record NextMessageCost(long nowMicros, long afterExpiryMicros) {

  /// Empty before the first turn, or if the prices are unknown.
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
