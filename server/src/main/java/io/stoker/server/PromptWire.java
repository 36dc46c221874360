package io.stoker.server;

import io.stoker.prompts.Usage;
import io.stoker.prompts.WarmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What goes over the wire about the warming of prompts, and comes out of `--json`: JSON by [Json].
///
/// Front ends of chats speak another protocol. A member without a value is null.
public final class PromptWire {

  private PromptWire() {}

  /// A page of conversations.
  ///
  /// @param nextCursor what leads to the next page; null on the last one
  public record Conversations(List<Conversation> conversations, @Nullable String nextCursor) {}

  /// A conversation.
  ///
  /// @param activity `idle`, `generating` or `warming`
  /// @param nextWarmAt always in the future; null if no warm is due
  /// @param coldAt when the provider forgets it if nothing is done; null if it keeps nothing
  /// @param status how its warming stands, in words
  /// @param failures how many warms have failed since the last that did not
  /// @param trouble what the last of them said
  /// @param expiresBeforeNextWarm whether its interval is too long for its provider
  public record Conversation(
      String id,
      String model,
      String cwd,
      boolean enabled,
      Duration interval,
      String activity,
      @Nullable Instant nextWarmAt,
      @Nullable Instant lastWarmAt,
      @Nullable Instant coldAt,
      @Nullable Integer cachePercent,
      @Nullable Integer retentionPercent,
      String status,
      int failures,
      String trouble,
      boolean expiresBeforeNextWarm) {

    public static Conversation of(io.stoker.prompts.Conversation conversation, Instant now) {
      var warming = conversation.warming();
      var last = warming.lastWarm();
      return new Conversation(
          conversation.id(),
          conversation.model(),
          conversation.cwd(),
          warming.enabled(),
          warming.interval(),
          warming.activity().name().toLowerCase(Locale.ROOT),
          WarmingWords.nextWarmAt(warming, now),
          last == null ? null : last.at(),
          warming.coldAt().orElse(null),
          last == null ? null : known(last.cached()),
          last == null ? null : known(last.retention()),
          WarmingWords.status(warming, now),
          warming.failures(),
          warming.trouble(),
          warming.expiresBeforeNextWarm());
    }

    private static @Nullable Integer known(OptionalInt percent) {
      return percent.isEmpty() ? null : percent.getAsInt();
    }
  }

  /// How a conversation is to be warmed; null leaves a part as it is.
  public record Wish(@Nullable Boolean enabled, @Nullable Duration interval) {}

  /// What requests cost, in tokens.
  ///
  /// @param cacheReadTokens null if the provider does not say
  /// @param cacheWriteTokens null if the provider does not say
  /// @param retentionPercent null if the provider does not say enough
  public record Cost(
      long inputTokens,
      long outputTokens,
      @Nullable Long cacheReadTokens,
      @Nullable Long cacheWriteTokens,
      int cachePercent,
      @Nullable Integer retentionPercent) {

    static Cost of(Usage usage) {
      var retention = usage.retentionPercent();
      return new Cost(
          usage.inputTokens(),
          usage.outputTokens(),
          usage.cacheReadTokens(),
          usage.cacheWriteTokens(),
          usage.cachePercent(),
          retention.isEmpty() ? null : retention.getAsInt());
    }
  }

  /// A warm that somebody asked for.
  public record Warmed(Cost usage, Conversation conversation) {

    public static Warmed of(Usage usage, Conversation conversation) {
      return new Warmed(Cost.of(usage), conversation);
    }
  }

  /// The last warms of a conversation, newest first.
  public record Warms(List<Warm> warms) {}

  /// A warm that was tried.
  ///
  /// @param manual whether somebody asked for it
  /// @param usage null if it failed
  /// @param trouble why it failed; empty if it did not
  public record Warm(
      Instant startedAt,
      long tookMs,
      String model,
      boolean manual,
      @Nullable Cost usage,
      String trouble) {

    public static Warm of(WarmRecord warm) {
      var usage = warm.usage();
      return new Warm(
          warm.startedAt(),
          warm.took().toMillis(),
          warm.model(),
          warm.manual(),
          usage == null ? null : Cost.of(usage),
          warm.trouble());
    }
  }
}
