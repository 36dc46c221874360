package io.stoker.server.overview;

import io.stoker.Time;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptWarmer;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.server.overview.OverviewWire.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The providers whose last warm failed within the last ten minutes. Thread-safe.
final class ProviderFailures implements PromptWarmer.Listener {

  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Time time;
  private final Set<String> beingWarmed = ConcurrentHashMap.newKeySet();
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();

  ProviderFailures(Time time) {
    this.time = time;
  }

  private record Failure(Instant at, String message) {}

  /// Only the change from warming to idle counts: the message of an old failure is still there when
  /// something else changes.
  @Override
  public void changed(Conversation conversation) {
    var warming = conversation.warming();
    if (warming.activity() == Activity.WARMING) {
      beingWarmed.add(conversation.id());
    } else if (beingWarmed.remove(conversation.id()) && warming.activity() == Activity.IDLE) {
      if (warming.error().isEmpty()) {
        failures.remove(conversation.provider());
      } else {
        failures.put(conversation.provider(), new Failure(time.now(), warming.error()));
      }
    }
  }

  /// The failures, ordered by provider.
  List<Trouble> now() {
    var oldest = time.now().minus(REMEMBERED);
    failures.values().removeIf(failure -> failure.at.isBefore(oldest));
    return failures.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> new Trouble("provider", message(entry), entry.getValue().at))
        .toList();
  }

  private static String message(Map.Entry<String, Failure> entry) {
    return "A warm by %s failed: %s. The page Armed shows the waiting conversations and why"
        .formatted(entry.getKey(), entry.getValue().message);
  }
}
