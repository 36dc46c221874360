package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PromptSize;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A rule by which prompt caches are kept warm.
interface Rule {

  /// What it is called.
  String name();

  /// Which tier a request asks for, before anything is known of its answer.
  ///
  /// @param idle how long the user will stay away afterwards, for the one who knows; null for ever
  CacheTier tier(String tenant, PromptSize stakes, @Nullable Duration idle);

  /// What a tier costs, and how often it is pinged.
  CachePricing terms(CacheTier tier);

  /// Up to how many pings are sent while the user stays away.
  ///
  /// @param idle how long that will be, for the one who knows; null for ever
  int pings(
      String tenant, StopReason stop, CacheTier tier, PromptSize stakes, @Nullable Duration idle);

  /// Sees what a ping found.
  ///
  /// @param wrote whether it wrote more than it read
  default void pinged(CacheTier tier, boolean wrote) {}

  /// Sees what a request found that came while the prompt should have been there.
  ///
  /// @param tier that was asked for before
  /// @param wrote whether it wrote most of it anew
  default void requested(CacheTier tier, boolean wrote) {}

  /// Sees how long somebody has stayed away.
  ///
  /// @param comesBack whether the user did
  default void learn(String tenant, StopReason stop, Duration idle, boolean comesBack) {}
}
