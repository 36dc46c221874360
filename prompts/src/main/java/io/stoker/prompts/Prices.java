package io.stoker.prompts;

import io.stoker.prompts.policy.CacheTier;

/// What the tokens of a model cost, in micro-dollars for a million of them, so that money is
/// counted in whole numbers.
///
/// @param input of the prompt, neither read from the cache nor written to it
/// @param output of the answer
/// @param read of the prompt, read from the cache
/// @param write of the prompt, written to the cache
/// @param longWrite of the prompt, written to the cache to be kept for an hour
public record Prices(long input, long output, long read, long write, long longWrite) {

  private static final long MILLION = 1_000_000;

  /// Checks that nothing is negative.
  public Prices {
    if (input < 0 || output < 0 || read < 0 || write < 0 || longWrite < 0) {
      throw new IllegalArgumentException("a price cannot be negative");
    }
  }

  /// What a token costs that is written to be kept for a tier's time.
  long write(CacheTier tier) {
    return switch (tier) {
      case BRIEF -> write;
      case LASTING -> longWrite;
    };
  }

  /// What was used costs that much, in micro-dollars, rounded half up.
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
