package io.stoker.state.jdbc;

import java.util.List;

/// The integer codes under which values, such as enum constants, are stored: each value's index in
/// a list. The order must never change; append new values.
public final class StoredCodes<T> {

  private final List<T> values;

  /// Numbers the values from 0.
  public StoredCodes(List<T> values) {
    this.values = List.copyOf(values);
  }

  /// The code of a value.
  public int code(T value) {
    int code = values.indexOf(value);
    if (code < 0) {
      throw new IllegalStateException(
          "expected a code for " + value + ", got none; add it to the list");
    }
    return code;
  }

  /// The value of a code.
  public T value(int code) {
    return values.get(code);
  }
}
