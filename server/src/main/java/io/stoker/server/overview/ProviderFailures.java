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

/// Which providers have let a warm fail in the last minutes, and have answered none since.
/// Thread-safe.
final class ProviderFailures implements PromptWarmer.Listener {

  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Time time;
  private final Set<String> beingWarmed = ConcurrentHashMap.newKeySet();
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();

  ProviderFailures(Time time) {
    this.time = time;
  }

  private record Failure(Instant at, String trouble) {}

  /// A warm has ended when nothing goes on any more; the trouble of one that ended long ago is
  /// still there when something else changes.
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

  /// What is wrong, by the names of the providers.
  List<Trouble> now() {
    var oldest = time.now().minus(REMEMBERED);
    failures.values().removeIf(failure -> failure.at.isBefore(oldest));
    return failures.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> new Trouble("provider", words(entry), entry.getValue().at))
        .toList();
  }

  private static String words(Map.Entry<String, Failure> entry) {
    return "A warm by %s failed: %s. The page Armed says which conversations wait, and for what"
        .formatted(entry.getKey(), entry.getValue().trouble);
  }
}
