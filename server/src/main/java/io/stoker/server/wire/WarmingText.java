package io.stoker.server.wire;

import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.PolicyMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Describes the state of a conversation's warming as text for users.
public final class WarmingText {

  private WarmingText() {}

  /// When the next warm is due; null if none is scheduled in the future, so that a countdown never
  /// runs to a time in the past.
  public static @Nullable Instant nextWarmAt(WarmingState warming, Instant now) {
    var next = warming.nextWarmAt();
    return warming.enabled()
            && warming.activity() == Activity.IDLE
            && next != null
            && next.toEpochMilli() > now.toEpochMilli()
        ? next
        : null;
  }

  /// Whether the cache is warm, or why it is not.
  public static String status(WarmingState warming, Instant now) {
    return switch (warming.activity()) {
      case GENERATING -> "Generating; every turn warms the cache by itself";
      case WARMING -> "Warming now";
      case IDLE -> idle(warming, now);
    };
  }

  private static String idle(WarmingState warming, Instant now) {
    if (!warming.enabled()) {
      return isWarm(warming, now) ? "Off; " + life(warming) : "Off";
    }
    return switch (warming.pauseReason()) {
      case NONE -> isWarm(warming, now) ? "Warm; " + life(warming) : "Waiting for the next warm";
      case NOTHING_SAID -> "Waiting; there is nothing to keep warm yet";
      case COLD -> "Cold; the cache expired before it could be refreshed. The next turn fills it";
      case REFUSED -> "Stopped; the provider refuses";
      case GAVE_UP -> "Stopped after " + warming.failures() + " failures in a row";
      case NOT_PINGED -> "No warms; " + instead(warming);
      case NOT_WORTH_IT -> "Left alone; the next warm would cost more than it is expected to save";
      case TOO_SHORT -> "No warms; " + warming.why();
      case WROTE ->
          "Stopped; a warm found the cache gone: it was pushed out early, or the beginning of the"
              + " prompt has changed";
      case OVER_BUDGET -> "Stopped; " + warming.why();
      case SWITCHED_OFF -> "No warms; the policy is off. Choose interval or adaptive to have them";
    };
  }

  /// The warming policy, with the reason for its last decision.
  public static String policy(WarmingState warming, PolicyMode mode) {
    boolean isWeighed =
        warming.pauseReason() == PauseReason.NONE
            || warming.pauseReason() == PauseReason.NOT_WORTH_IT;
    var name = PromptWire.label(mode);
    return warming.enabled() && isWeighed && !warming.why().isEmpty()
        ? name + ": " + warming.why()
        : name;
  }

  private static boolean isWarm(WarmingState warming, Instant now) {
    return warming.coldAt().filter(now::isBefore).isPresent();
  }

  private static String life(WarmingState warming) {
    return "the cache lives "
        + DurationFormat.format(warming.cacheProfile().timeToLive())
        + " from the start of a request";
  }

  private static String instead(WarmingState warming) {
    var instead = warming.cacheProfile().instead();
    return instead.isEmpty() ? "they would not pay with this provider" : instead;
  }
}
