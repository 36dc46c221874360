package io.stoker.prompts.simulator;

import io.stoker.prompts.CacheProfile;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A model of the simulator.
enum SimulatedModel {
  /// Answers in a few sentences.
  SMALL("small", 40, false, null),
  /// Answers at length: most of a minute at the standard pace.
  LONG("long", 1500, false, null),
  /// Thinks before it answers.
  THINKING("thinking", 40, true, null),
  /// Caches prompts for an hour.
  HOUR("hour", 40, false, Duration.ofHours(1));

  private final String title;
  private final int words;
  private final boolean thinks;
  private final @Nullable Duration timeToLive;

  SimulatedModel(String title, int words, boolean thinks, @Nullable Duration timeToLive) {
    this.title = title;
    this.words = words;
    this.thinks = thinks;
    this.timeToLive = timeToLive;
  }

  static Optional<SimulatedModel> of(String title) {
    return Stream.of(values()).filter(model -> model.title.equals(title)).findFirst();
  }

  String title() {
    return title;
  }

  /// The least number of words in an answer.
  int words() {
    return words;
  }

  boolean thinks() {
    return thinks;
  }

  /// Its cache profile.
  ///
  /// @param standard for models without a time to live of their own
  CacheProfile cacheProfile(CacheProfile standard) {
    return timeToLive == null
        ? standard
        : new CacheProfile(
            timeToLive, standard.minimumTokens(), standard.refresh(), standard.instead());
  }
}
