package io.stoker.answers;

import io.stoker.state.jdbc.JdbcLink;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// How a part of a longer list is read.
final class JdbcPages {

  private JdbcPages() {}

  /// The first `limit` rows, and where to go on if there are more.
  ///
  /// @param sql ends with `LIMIT ?`, whose value comes by itself
  static <T> Page<T> of(
      JdbcLink link,
      int limit,
      ToLongFunction<T> key,
      String sql,
      JdbcLink.Row<T> row,
      @Nullable Object... values)
      throws SQLException {
    var withLimit = Arrays.copyOf(values, values.length + 1);
    withLimit[values.length] = limit + 1;
    var items = link.list(sql, row, withLimit);
    if (items.size() <= limit) {
      return new Page<>(items, null);
    }
    var some = items.subList(0, limit);
    return new Page<>(some, key.applyAsLong(some.getLast()));
  }
}
