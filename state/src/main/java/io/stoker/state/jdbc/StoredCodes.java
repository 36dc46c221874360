package io.stoker.state.jdbc;

import java.util.List;

/// Numbers that stand for things in a database: the place of each in a list. The order must never
/// change; new ones go to the end.
public final class StoredCodes<T> {

  private final List<T> all;

  /// Numbers things from 0.
  public StoredCodes(List<T> all) {
    this.all = List.copyOf(all);
  }

  /// The number that stands for a thing.
  public int number(T one) {
    int number = all.indexOf(one);
    if (number < 0) {
      throw new IllegalStateException(one + " has no number yet");
    }
    return number;
  }

  /// What a number stands for.
  public T at(int number) {
    return all.get(number);
  }
}
