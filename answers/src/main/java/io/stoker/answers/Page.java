package io.stoker.answers;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A part of a longer list.
///
/// @param next what to ask the next part with; null if this is the last
public record Page<T>(List<T> items, @Nullable Long next) {

  /// Keeps a copy.
  public Page {
    items = List.copyOf(items);
  }

  /// The first `limit` of what was read, and where to go on if there is more.
  static <T> Page<T> of(List<T> read, int limit, ToLongFunction<T> key) {
    if (read.size() <= limit) {
      return new Page<>(read, null);
    }
    var some = read.subList(0, limit);
    return new Page<>(some, key.applyAsLong(some.getLast()));
  }

  /// The same part of the list of what a function makes of these.
  <S> Page<S> map(Function<T, S> function) {
    return new Page<>(items.stream().map(function).toList(), next);
  }
}
