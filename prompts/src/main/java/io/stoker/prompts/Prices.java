package io.stoker.prompts;

import io.stoker.prompts.policy.CacheTier;

/// The prices of a model's tokens, in micro-dollars per million, so that amounts are integers.
///
/// @param input of uncached prompt tokens
/// @param output of answer tokens
/// @param read of prompt tokens read from the cache
/// @param write of prompt tokens written to the cache
/// @param longWrite of prompt tokens written to the cache for an hour
public record Prices(long input, long output, long read, long write, long longWrite) {

  private static final long MILLION = 1_000_000;

  /// Checks that nothing is negative.
  public Prices {
    if (input < 0 || output < 0 || read < 0 || write < 0 || longWrite < 0) {
      throw new IllegalArgumentException("a price cannot be negative");
    }
  }

  /// The price of a token written to a tier.
  long write(CacheTier tier) {
    return switch (tier) {
      case BRIEF -> write;
      case LASTING -> longWrite;
    };
  }

  /// The cost of a usage, in micro-dollars, rounded half up.
  ///
  /// @throws ArithmeticException if it is more than a `long` holds
  public long cost(Usage usage) {
    long longWritten = Math.min(usage.hourWriteTokens(), usage.written());
    long plain = Math.max(0, usage.inputTokens() - usage.read() - usage.written());
    long sum = Math.multiplyExact(plain, input);
    sum = Math.addExact(sum, Math.multiplyExact(usage.read(), read));
    sum = Math.addExact(sum, Math.multiplyExact(usage.written() - longWritten, write));
    sum = Math.addExact(sum, Math.multiplyExact(longWritten, longWrite));
    sum = Math.addExact(sum, Math.multiplyExact(usage.outputTokens(), output));
    return Math.addExact(sum, MILLION / 2) / MILLION;
  }
}
