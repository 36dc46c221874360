package io.stoker.prompts.simulator;

import io.stoker.prompts.CacheTerms;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A model that the simulator has.
enum SimulatedModel {
  /// Answers in a few sentences.
  SMALL("small", 40, false, null),
  /// Answers at length: most of a minute at the standard pace.
  LONG("long", 1500, false, null),
  /// Thinks before it answers.
  THINKING("thinking", 40, true, null),
  /// Has a cache that keeps for an hour.
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

  /// How many words it says at least.
  int words() {
    return words;
  }

  boolean thinks() {
    return thinks;
  }

  /// What holds of its cache.
  ///
  /// @param standard what holds of those that have no terms of their own
  CacheTerms terms(CacheTerms standard) {
    return timeToLive == null
        ? standard
        : new CacheTerms(
            timeToLive, standard.minimumTokens(), standard.refresh(), standard.instead());
  }
}
