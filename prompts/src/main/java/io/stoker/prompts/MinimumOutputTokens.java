package io.stoker.prompts;

import io.stoker.CallException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Finds the smallest output limit that each model accepts, by trying. Thread-safe.
final class MinimumOutputTokens {

  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;

  private final List<Integer> sizes;
  private final Map<String, Integer> indexes = new ConcurrentHashMap<>();

  /// @param sizes to try, smallest first
  MinimumOutputTokens(Integer... sizes) {
    this.sizes = List.of(sizes);
  }

  /// A request with an output limit.
  interface Request<R> {
    R send(int size) throws InterruptedException;
  }

  /// Sends a request with the smallest limit that is not known to be rejected, and with larger ones
  /// until one is accepted.
  <R> R of(String model, Request<R> request) throws InterruptedException {
    while (true) {
      int index = indexes.getOrDefault(model, 0);
      try {
        return request.send(sizes.get(index));
      } catch (CallException e) {
        if (!isAboutSize(e) || index + 1 == sizes.size()) {
          throw e;
        }
        indexes.merge(model, index + 1, Math::max);
      }
    }
  }

  private static boolean isAboutSize(CallException error) {
    var message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    return (error.status() == BAD_REQUEST || error.status() == UNPROCESSABLE)
        && (message.contains("max_tokens") || message.contains("max_completion_tokens"));
  }
}
