/// Compares rules for keeping prompt caches warm, on the same traffic and with the same accounting.
///
/// [Traffic] generates conversations, or a [Trace] provides them; [Rules] are compared; [Replay]
/// runs one of them.
@org.jspecify.annotations.NullMarked
package io.stoker.bench.warmbench;
