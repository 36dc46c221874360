package io.stoker.answers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a longer list.
///
/// @param next what to ask the next part with; null if this is the last
public record Page<T>(List<T> items, @Nullable Long next) {

  /// Keeps a copy.
  public Page {
    items = List.copyOf(items);
  }
}
