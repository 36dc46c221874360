package io.stoker.answers;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/// Counts the statements that a database is sent; a batch of one statement is one. Thread-safe.
final class StatementCounter {

  private final AtomicInteger sent = new AtomicInteger();

  /// Something to do that may send statements.
  interface Work {
    void run() throws Exception;
  }

  /// How many statements it sends.
  int during(Work work) throws Exception {
    int before = sent.get();
    work.run();
    return sent.get() - before;
  }

  /// The same data source, whose statements are counted.
  DataSource watch(DataSource source) {
    return watched(source, DataSource.class);
  }

  private <T> T watched(T real, Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (method.getName().startsWith("execute")) {
                sent.incrementAndGet();
              }
              try {
                return switch (method.invoke(real, arguments)) {
                  case Connection connection -> watched(connection, Connection.class);
                  case PreparedStatement statement -> watched(statement, PreparedStatement.class);
                  case Statement statement -> watched(statement, Statement.class);
                  case null -> null;
                  case Object other -> other;
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
