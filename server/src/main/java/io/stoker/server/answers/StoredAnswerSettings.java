package io.stoker.server.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerSettings;
import io.stoker.answers.AnswerStore;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The settings of answers that can be changed at runtime: stored in the database, and cached for
/// two seconds, so that all processes that share it apply a change within seconds. Thread-safe.
public final class StoredAnswerSettings implements Supplier<AnswerSettings> {

  private static final Logger LOG = LoggerFactory.getLogger(StoredAnswerSettings.class);
  private static final String NOTE = "settings";
  private static final Duration MAX_AGE = Duration.ofSeconds(2);

  private final AnswerStore store;
  private final Time time;
  private volatile @Nullable Cached latest;

  public StoredAnswerSettings(AnswerStore store, Time time) {
    this.store = store;
    this.time = time;
  }

  private record Cached(AnswerSettings settings, Duration at) {}

  /// The current settings, at most two seconds old, or older if the store does not answer.
  @Override
  public AnswerSettings get() {
    var cached = latest;
    if (cached != null && time.ticks().minus(cached.at).compareTo(MAX_AGE) < 0) {
      return cached.settings;
    }
    return cache(read(cached == null ? AnswerSettings.STANDARD : cached.settings));
  }

  /// Changes the settings.
  ///
  /// @throws StokerException if the store fails
  public void put(AnswerSettings settings) {
    store.note(NOTE, WireJson.write(AnswerWire.Rules.of(settings)));
    cache(settings);
  }

  private AnswerSettings cache(AnswerSettings settings) {
    latest = new Cached(settings, time.ticks());
    return settings;
  }

  private AnswerSettings read(AnswerSettings fallback) {
    try {
      return store
          .note(NOTE)
          .map(json -> WireJson.read(json.getBytes(UTF_8), AnswerWire.Rules.class).settings())
          .orElse(AnswerSettings.STANDARD);
    } catch (StokerException e) {
      LOG.debug("Stored settings cannot be read; keeping the current ones: {}", e.getMessage());
      return fallback;
    } catch (InvalidValueException e) {
      LOG.warn("Stored settings are invalid; keeping the current ones: {}", e.getMessage());
      return fallback;
    }
  }
}
