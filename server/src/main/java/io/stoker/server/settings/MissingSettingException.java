package io.stoker.server.settings;

import java.util.List;
import java.util.stream.Collectors;

/// Thrown when an operation needs Postgres or Redis and its address is not set.
public final class MissingSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MissingSettingException(List<Variable> missing) {
    super(
        missing.stream().map(Variable::name).collect(Collectors.joining(" and "))
            + (missing.size() == 1 ? " is" : " are")
            + " not set. Set "
            + missing.stream().map(Variable::example).collect(Collectors.joining(" and ")));
  }

  /// An environment variable that sessions need.
  public enum Variable {
    DATABASE_URL("postgres://user:password@host:5432/database"),
    REDIS_URL("redis://:password@host:6379");

    private final String format;

    Variable(String format) {
      this.format = format;
    }

    private String example() {
      return name() + "=" + format;
    }
  }
}
