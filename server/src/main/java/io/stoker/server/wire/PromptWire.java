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

/// The JSON of the warming of prompts, with the conventions of [SessionWire]. Money is in
/// micro-dollars: a dollar has 1,000,000. Chat front ends use another protocol.
public final class PromptWire {

  /// The value that removes a conversation's own mode.
  public static final String INHERIT = "inherit";

  private PromptWire() {}

  /// The name of a constant in JSON, such as `over-budget`.
  public static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// A page of conversations.
  ///
  /// @param nextCursor the cursor of the next page; null on the last one
  public record Conversations(List<Conversation> conversations, @Nullable String nextCursor) {}

  /// A conversation.
  ///
  /// @param tenant empty for none
  /// @param activity `idle`, `generating` or `warming`
  /// @param mode the effective warming policy: `interval`, `adaptive` or `off`
  /// @param ownMode the conversation's own policy; null if that of its tenant or the server applies
  /// @param nextWarmAt always in the future; null if no warm is scheduled
  /// @param coldAt when the provider's cache entry expires without another request; null if there
  ///   is none
  /// @param status the state of its warming as text
  /// @param rest code of the reason why no warm is scheduled although warming is enabled; `none` if
  ///   there is no reason
  /// @param why text of the reason why the next warm is or is not scheduled; empty if `rest` is
  ///   enough
  /// @param failures failed warms since the last successful one
  /// @param trouble message of the last failure
  /// @param expiresBeforeNextWarm whether its interval is longer than the provider's TTL
  /// @param idle null before the first turn
  /// @param dailyBudgetMicros maximum cost of its warms a day (UTC); null for no limit
  /// @param nextMessage null before the first turn, or if prices are unknown
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

  /// The idle time since the last turn.
  ///
  /// @param since when the last turn's request began
  /// @param waitingFor what the conversation waits for: `user`, `tool`, `permission` or
  ///   `background-job`
  /// @param tier cache tier of that request: `brief` or `lasting`
  /// @param promptTokens length of the prompt with the last answer
  /// @param pings successful warms since then
  /// @param spentMicros their cost
  /// @param focused whether the user is viewing the conversation; null if unknown
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

    /// What a conversation waits for after its model stopped for this reason.
    public static String label(StopReason stop) {
      return switch (stop) {
        case END_OF_TURN -> "user";
        case TOOL_USE -> "tool";
        case AWAITING_PERMISSION -> "permission";
        case BACKGROUND_JOB -> "background-job";
      };
    }
  }

  /// Costs and savings of a conversation's warms.
  ///
  /// @param wastedMicros the part of `spent` after which the user did not return in time
  /// @param netMicros savings less costs
  public record Money(long spentMicros, long savedMicros, long wastedMicros, long netMicros) {

    static Money of(io.stoker.prompts.WarmingCosts money) {
      return new Money(money.spent(), money.saved(), money.wasted(), money.net());
    }
  }

  /// A change of a conversation's warming. Null leaves a member unchanged.
  ///
  /// @param mode `interval`, `adaptive`, `off`, or [#INHERIT] for that of its tenant or the server
  public record WarmingChange(
      @Nullable Boolean enabled, @Nullable Duration interval, @Nullable String mode) {}

  /// The daily budget of a conversation's warms.
  public record Budget(@Nullable Long dailyBudgetMicros) {}

  /// A client's hint about when the user will return. Null means unknown.
  ///
  /// @param waitingFor as in [Idle]
  /// @param focused whether the user is viewing the conversation
  public record Hint(@Nullable String waitingFor, @Nullable Boolean focused) {}

  /// The token usage of a request.
  ///
  /// @param cacheReadTokens null if the provider does not report it
  /// @param cacheWriteTokens null if the provider does not report it
  /// @param retentionPercent null if the provider does not report enough
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

  /// The result of a manual warm.
  public record Warmed(Cost usage, Conversation conversation) {

    public static Warmed of(Usage usage, Conversation conversation) {
      return new Warmed(Cost.of(usage), conversation);
    }
  }

  /// The last warms of a conversation, newest first.
  public record Warms(List<Warm> warms) {}

  /// A warm in the past.
  ///
  /// @param manual whether it was requested by a client
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
