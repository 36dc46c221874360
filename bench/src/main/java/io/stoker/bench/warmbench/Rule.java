package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PromptSize;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A rule for keeping prompt caches warm.
interface Rule {

  /// The rule's name.
  String name();

  /// The tier that a request asks for, decided before its answer.
  ///
  /// @param idle how long the user will be idle afterwards, for clairvoyant rules; null for ever
  CacheTier tier(String tenant, PromptSize stakes, @Nullable Duration idle);

  /// The prices and ping interval of a tier.
  CachePricing terms(CacheTier tier);

  /// The most pings to send while the user is idle.
  ///
  /// @param idle how long that will be, for clairvoyant rules; null for ever
  int pings(
      String tenant, StopReason stop, CacheTier tier, PromptSize stakes, @Nullable Duration idle);

  /// Receives the result of a ping.
  ///
  /// @param wrote whether it wrote more than it read
  default void pinged(CacheTier tier, boolean wrote) {}

  /// Receives the result of a request that came while the prompt should have been cached.
  ///
  /// @param tier the tier of the previous request
  /// @param wrote whether it wrote most of the prompt again
  default void requested(CacheTier tier, boolean wrote) {}

  /// Receives the length of an idle period.
  ///
  /// @param comesBack whether the user came back
  default void learn(String tenant, StopReason stop, Duration idle, boolean comesBack) {}
}
