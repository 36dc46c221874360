package io.stoker.server.wire;

import io.stoker.prompts.Usage;
import io.stoker.prompts.WarmRecord;
import io.stoker.prompts.policy.StopReason;
import io.stoker.server.prompts.PromptServices;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What goes over the wire about the warming of prompts, and comes out of `--json`: JSON by
/// [WireJson].
///
/// Front ends of chats speak another protocol. A member without a value is null. Money is in
/// micro-dollars, of which 1,000,000 are a dollar.
public final class PromptWire {

  /// What stands for the mode of a conversation that has none of its own.
  public static final String INHERIT = "inherit";

  private PromptWire() {}

  /// What a value is called on the wire, such as `over-budget`.
  public static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// A page of conversations.
  ///
  /// @param nextCursor what leads to the next page; null on the last one
  public record Conversations(List<Conversation> conversations, @Nullable String nextCursor) {}

  /// A conversation.
  ///
  /// @param tenant who it belongs to; empty for nobody in particular
  /// @param activity `idle`, `generating` or `warming`
  /// @param mode by which it is warmed: `interval`, `adaptive` or `off`
  /// @param ownMode its own; null if that of its tenant holds, or of all
  /// @param nextWarmAt always in the future; null if no warm is due
  /// @param coldAt when the provider forgets it if nothing is done; null if it keeps nothing
  /// @param status how its warming stands, in words
  /// @param rest why no warm is due although it is enabled, as one word; `none` if there is no
  ///   reason
  /// @param why the next warm is due, or none is, in words; empty if `rest` says it all
  /// @param failures how many warms have failed since the last that did not
  /// @param trouble what the last of them said
  /// @param expiresBeforeNextWarm whether its interval is too long for its provider
  /// @param idle the time since the last turn; null before the first one
  /// @param dailyBudgetMicros how much its warms may cost on a day (UTC); null for any amount
  /// @param nextMessage what its prompt costs next time; null if nothing was said, or nobody knows
  ///   prices
  public record Conversation(
      String id,
      String model,
      String cwd,
      String tenant,
      boolean enabled,
      Duration interval,
      String mode,
      @Nullable String ownMode,
      String activity,
      @Nullable Instant nextWarmAt,
      @Nullable Instant lastWarmAt,
      @Nullable Instant coldAt,
      @Nullable Integer cachePercent,
      @Nullable Integer retentionPercent,
      String status,
      String rest,
      String why,
      int failures,
      String trouble,
      boolean expiresBeforeNextWarm,
      @Nullable Idle idle,
      Money money,
      @Nullable Long dailyBudgetMicros,
      @Nullable NextMessageCost nextMessage) {

    public static Conversation of(
        io.stoker.prompts.Conversation conversation, PromptServices prompts, Instant now) {
      var warming = conversation.warming();
      var last = warming.lastWarm();
      var mode = warming.mode();
      var idle = warming.idle();
      return new Conversation(
          conversation.id(),
          conversation.model(),
          conversation.cwd(),
          conversation.tenant(),
          warming.enabled(),
          warming.interval(),
          label(prompts.policy().mode(conversation)),
          mode == null ? null : label(mode),
          label(warming.activity()),
          WarmingText.nextWarmAt(warming, now),
          last == null ? null : last.at(),
          warming.coldAt().orElse(null),
          last == null ? null : known(last.cached()),
          last == null ? null : known(last.retention()),
          WarmingText.status(warming, now),
          label(warming.pauseReason()),
          warming.why(),
          warming.failures(),
          warming.error(),
          warming.expiresBeforeNextWarm(),
          idle == null ? null : Idle.of(idle),
          Money.of(conversation.costs()),
          conversation.dailyBudget(),
          NextMessageCost.of(conversation, prompts.providers(), now).orElse(null));
    }

    private static @Nullable Integer known(OptionalInt percent) {
      return percent.isEmpty() ? null : percent.getAsInt();
    }
  }

  /// The time in which a user is away.
  ///
  /// @param since when the last turn's request began
  /// @param waitingFor what the conversation waits for: `user`, `tool`, `permission` or
  ///   `background-job`
  /// @param tier of the cache that the request asked for: `brief` or `lasting`
  /// @param promptTokens how long the prompt had become, with the answer
  /// @param pings how many warms have succeeded since
  /// @param spentMicros what they cost
  /// @param focused whether the user looks at the conversation; null if nobody said
  public record Idle(
      Instant since,
      String waitingFor,
      String tier,
      long promptTokens,
      int pings,
      long spentMicros,
      @Nullable Boolean focused) {

    static Idle of(io.stoker.prompts.IdlePeriod idle) {
      return new Idle(
          idle.since(),
          label(idle.stop()),
          PromptWire.label(idle.tier()),
          idle.promptTokens(),
          idle.warms(),
          idle.spent(),
          idle.focused());
    }

    /// What a conversation waits for whose model stopped for that reason.
    public static String label(StopReason stop) {
      return switch (stop) {
        case END_OF_TURN -> "user";
        case TOOL_USE -> "tool";
        case AWAITING_PERMISSION -> "permission";
        case BACKGROUND_JOB -> "background-job";
      };
    }
  }

  /// What a conversation's warms have cost and brought.
  ///
  /// @param wastedMicros the part of what was spent after which no user came back in time
  /// @param netMicros what is left of what was saved
  public record Money(long spentMicros, long savedMicros, long wastedMicros, long netMicros) {

    static Money of(io.stoker.prompts.WarmingCosts money) {
      return new Money(money.spent(), money.saved(), money.wasted(), money.net());
    }
  }

  /// How a conversation is to be warmed; null leaves a part as it is.
  ///
  /// @param mode `interval`, `adaptive`, `off`, or [#INHERIT] for that of its tenant, or of all
  public record WarmingChange(
      @Nullable Boolean enabled, @Nullable Duration interval, @Nullable String mode) {}

  /// What a conversation's warms may cost on a day.
  public record Budget(@Nullable Long dailyBudgetMicros) {}

  /// What somebody knows about when a user comes back; null for what is not said.
  ///
  /// @param waitingFor as in [Idle]
  /// @param focused whether the user looks at the conversation
  public record Hint(@Nullable String waitingFor, @Nullable Boolean focused) {}

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
          warm.error());
    }
  }
}
