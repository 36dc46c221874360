/// Decides whether keeping a prompt cache warm pays, and for how long. No I/O, no clock.
///
/// [AdaptivePolicy] is the door: it learns how long users stay away, and says from that how many
/// pings an idle period is worth. [TierTerms] and [IdleCosts] hold what is counted, with the
/// formulas.
@org.jspecify.annotations.NullMarked
package io.stoker.prompts.policy;
