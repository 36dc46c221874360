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

/// The settings of answers that can be changed while servers run: kept in the store, so that every
/// process that shares it takes a change up within seconds. Thread-safe.
public final class StoredAnswerSettings implements Supplier<AnswerSettings> {

  private static final Logger LOG = LoggerFactory.getLogger(StoredAnswerSettings.class);
  private static final String NOTE = "settings";
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final AnswerStore store;
  private final Time time;
  private volatile @Nullable Read latest;

  public StoredAnswerSettings(AnswerStore store, Time time) {
    this.store = store;
    this.time = time;
  }

  private record Read(AnswerSettings settings, Duration at) {}

  /// What holds now, at most two seconds old. What was read last if the store does not answer.
  @Override
  public AnswerSettings get() {
    var known = latest;
    if (known != null && time.ticks().minus(known.at).compareTo(FRESH) < 0) {
      return known.settings;
    }
    return remember(read(known == null ? AnswerSettings.STANDARD : known.settings));
  }

  /// Changes what holds from now on.
  ///
  /// @throws StokerException if the store does not do its part
  public void put(AnswerSettings settings) {
    store.note(NOTE, WireJson.write(AnswerWire.Rules.of(settings)));
    remember(settings);
  }

  private AnswerSettings remember(AnswerSettings settings) {
    latest = new Read(settings, time.ticks());
    return settings;
  }

  private AnswerSettings read(AnswerSettings otherwise) {
    try {
      return store
          .note(NOTE)
          .map(json -> WireJson.read(json.getBytes(UTF_8), AnswerWire.Rules.class).settings())
          .orElse(AnswerSettings.STANDARD);
    } catch (StokerException e) {
      LOG.debug("Stored settings cannot be read; keeping the current ones: {}", e.getMessage());
      return otherwise;
    } catch (InvalidValueException e) {
      LOG.warn("Stored settings are invalid; keeping the current ones: {}", e.getMessage());
      return otherwise;
    }
  }
}
