/// Runs the rules by which prompt caches can be kept warm over the same traffic, with the same
/// costs.
///
/// [Traffic] makes conversations, or a [Trace] has them; [Rules] are what is compared; [Replay]
/// leads one of them through.
@org.jspecify.annotations.NullMarked
package io.stoker.bench.warmbench;
