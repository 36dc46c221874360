package io.stoker.server.http;

import io.stoker.prompts.Conversation;
import io.stoker.prompts.WarmingCosts;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.wire.DollarFormat;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.NextMessageCost;
import io.stoker.server.wire.WarmingText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The `cache-warming` surface of the socket protocol, which shows the warming of a conversation:
/// five fields that front ends know, in this order, then fields that they display generically.
final class CacheWarmingSurface {

  static final String ID = "cache-warming";
  static final String TOGGLE = "cache-warming/toggle";
  static final String SET_INTERVAL = "cache-warming/set-interval";
  static final String WARM = "cache-warming/warm";
  static final ChatWire.Entry ENTRY =
      new ChatWire.Entry(ID, "side", "Cache Warming", "conversation");

  private static final String UNKNOWN = "—";
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  /// The surface while no conversation is focused.
  static final ChatWire.Spec EMPTY =
      spec(List.of(new ChatWire.Stat("Status", "No conversation focused")));

  private CacheWarmingSurface() {}

  static ChatWire.Spec of(Conversation conversation, PromptServices prompts, Instant now) {
    var warming = conversation.warming();
    var fields = new ArrayList<ChatWire.Field>();
    fields.add(new ChatWire.Toggle("Enabled", warming.enabled(), new ChatWire.Action(TOGGLE)));
    fields.add(
        new ChatWire.NumberField(
            "Refresh Interval",
            warming.interval().plus(HALF_A_SECOND).toSeconds(),
            WarmingState.MIN_INTERVAL.toSeconds(),
            1,
            "s",
            new ChatWire.Action(SET_INTERVAL)));
    fields.add(new ChatWire.Stat("Last Cache %", cached(warming.lastWarm())));
    fields.add(new ChatWire.Stat("Cache retention", retention(warming.lastWarm())));
    fields.add(new ChatWire.Custom("cache-warming-timer", timer(warming, now)));
    fields.add(new ChatWire.Stat("Status", WarmingText.status(warming, now)));
    if (!warming.error().isEmpty()) {
      fields.add(new ChatWire.Stat("Last failure", warming.error()));
    }
    if (warming.expiresBeforeNextWarm()) {
      fields.add(
          new ChatWire.Stat(
              "Warning",
              "cache will expire before the next warm: it lives "
                  + DurationFormat.format(warming.cacheProfile().timeToLive())));
    }
    var policy = WarmingText.policy(warming, prompts.policy().mode(conversation));
    fields.add(new ChatWire.Stat("Policy", policy));
    NextMessageCost.of(conversation, prompts.providers(), now)
        .ifPresent(next -> fields.add(new ChatWire.Stat("Next message", price(next))));
    if (!conversation.costs().equals(WarmingCosts.NONE)) {
      fields.add(new ChatWire.Stat("Warming so far", money(conversation.costs())));
    }
    fields.add(new ChatWire.Button("Warm now", new ChatWire.Action(WARM)));
    return spec(fields);
  }

  private static ChatWire.Spec spec(List<ChatWire.Field> fields) {
    return new ChatWire.Spec(ID, ENTRY.region(), ENTRY.title(), fields);
  }

  private static String cached(@Nullable LastWarm warm) {
    return percent(warm == null ? OptionalInt.empty() : warm.cached());
  }

  private static String retention(@Nullable LastWarm warm) {
    return percent(warm == null ? OptionalInt.empty() : warm.retention());
  }

  private static String percent(OptionalInt percent) {
    return percent.isEmpty() ? UNKNOWN : percent.getAsInt() + "%";
  }

  private static String price(NextMessageCost next) {
    var now = DollarFormat.format(next.nowMicros()) + " now";
    return next.nowMicros() == next.afterExpiryMicros()
        ? now
        : now + ", " + DollarFormat.format(next.afterExpiryMicros()) + " after expiry";
  }

  private static String money(WarmingCosts money) {
    return DollarFormat.format(money.spent())
        + " spent, "
        + DollarFormat.format(money.saved())
        + " saved, "
        + DollarFormat.format(money.wasted())
        + " wasted";
  }

  private static ChatWire.Timer timer(WarmingState warming, Instant now) {
    var next = WarmingText.nextWarmAt(warming, now);
    var last = warming.lastWarm();
    return new ChatWire.Timer(
        next == null ? null : next.toEpochMilli(), last == null ? null : last.at().toEpochMilli());
  }
}
