package io.stoker.prompts;

import io.stoker.CallException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How few tokens each model lets itself be asked for, as it was found out by asking. Thread-safe.
final class MinimumOutputTokens {

  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;

  private final List<Integer> sizes;
  private final Map<String, Integer> known = new ConcurrentHashMap<>();

  /// @param sizes to be tried, the best first
  MinimumOutputTokens(Integer... sizes) {
    this.sizes = List.of(sizes);
  }

  /// Asks with a size.
  interface Asking<R> {
    R ask(int size) throws InterruptedException;
  }

  /// Asks for as little as is known to be accepted, and for more if that is refused.
  <R> R of(String model, Asking<R> asking) throws InterruptedException {
    while (true) {
      int index = known.getOrDefault(model, 0);
      try {
        return asking.ask(sizes.get(index));
      } catch (CallException e) {
        if (!isAboutSize(e) || index + 1 == sizes.size()) {
          throw e;
        }
        known.merge(model, index + 1, Math::max);
      }
    }
  }

  private static boolean isAboutSize(CallException error) {
    var message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    return (error.status() == BAD_REQUEST || error.status() == UNPROCESSABLE)
        && (message.contains("max_tokens") || message.contains("max_completion_tokens"));
  }
}
