package io.stoker.answers;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// One page of a longer list.
///
/// @param next the cursor of the next page; null if this is the last
public record Page<T>(List<T> items, @Nullable Long next) {

  /// Copies the items.
  public Page {
    items = List.copyOf(items);
  }

  /// A page of at most `limit` items, of which one more was read to see whether there is another
  /// page.
  static <T> Page<T> of(List<T> read, int limit, ToLongFunction<T> key) {
    if (read.size() <= limit) {
      return new Page<>(read, null);
    }
    var some = read.subList(0, limit);
    return new Page<>(some, key.applyAsLong(some.getLast()));
  }

  /// This page with its items converted.
  <S> Page<S> map(Function<T, S> function) {
    return new Page<>(items.stream().map(function).toList(), next);
  }
}
