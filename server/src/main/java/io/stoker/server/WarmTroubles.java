package io.stoker.server;

import io.stoker.Time;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptWarmer;
import io.stoker.server.OverviewWire.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which providers have let a warm fail in the last minutes and have answered none since.
/// Thread-safe.
final class WarmTroubles implements PromptWarmer.Listener {

  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Time time;
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();

  WarmTroubles(Time time) {
    this.time = time;
  }

  private record Failure(Instant at, String trouble) {}

  @Override
  public void changed(Conversation conversation) {
    var warming = conversation.warming();
    var provider = provider(conversation.model());
    if (!warming.trouble().isEmpty()) {
      failures.compute(
          provider,
          (_, known) ->
              known != null && known.trouble.equals(warming.trouble())
                  ? known
                  : new Failure(time.now(), warming.trouble()));
      return;
    }
    var last = warming.lastWarm();
    if (last != null) {
      failures.computeIfPresent(provider, (_, known) -> last.at().isAfter(known.at) ? null : known);
    }
  }

  private static String provider(String model) {
    int slash = model.indexOf('/');
    return slash < 0 ? model : model.substring(0, slash);
  }

  /// What is wrong, by the names of the providers.
  List<Trouble> now() {
    var oldest = time.now().minus(REMEMBERED);
    failures.values().removeIf(failure -> failure.at.isBefore(oldest));
    return failures.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry ->
            new Trouble(
                "provider",
                "A warm by "
                    + entry.getKey()
                    + " failed: "
                    + entry.getValue().trouble
                    + ". The page Armed says which conversations wait, and for what",
                entry.getValue().at))
        .toList();
  }
}
