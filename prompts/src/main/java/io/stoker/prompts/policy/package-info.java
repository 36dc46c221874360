/// Decides whether keeping a prompt cache warm pays, and for how long. No I/O, no clock.
///
/// [AdaptivePolicy] is the entry point: it learns how long users stay away, and derives how many
/// warms an idle period is worth. The formulas are in [CachePricing].
@org.jspecify.annotations.NullMarked
package io.stoker.prompts.policy;
