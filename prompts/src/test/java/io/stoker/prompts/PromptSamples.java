package io.stoker.prompts;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Sample conversations and history parts for tests of stores.
final class PromptSamples {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private PromptSamples() {}

  /// A conversation with warming enabled.
  ///
  /// @param failures distinguishes samples
  static Conversation scheduled(String id, int failures) {
    return new Conversation(
        id,
        "simulator/small",
        "/srv/project",
        new WarmingState(
            true,
            Duration.ofSeconds(290),
            WarmingState.Activity.IDLE,
            0,
            NOON.plusSeconds(failures),
            NOON,
            new WarmingState.LastWarm(NOON, 97, 100),
            failures,
            "",
            WarmingState.PauseReason.NONE,
            CacheProfile.UNKNOWN,
            null,
            null,
            ""));
  }

  /// A warm with a cost.
  ///
  /// @param cost in micro-dollars
  static LedgerEntry ping(String id, long cost) {
    return new LedgerEntry(
        NOON,
        id,
        "",
        "simulator/small",
        LedgerEntry.Kind.PING,
        new Usage(1000, 1, 990L, 10L, 0),
        cost,
        0,
        0,
        true,
        null,
        0,
        null);
  }

  /// A message of the user.
  static List<Message> said(String text) {
    return List.of(new Message(MessageRole.USER, new HistoryPart.Text(text)));
  }
}
