package io.stoker.server.settings;

import java.util.List;
import java.util.stream.Collectors;

/// Something was asked for that needs a server whose address nobody has given.
public final class MissingSettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MissingSettingException(List<Need> missing) {
    super(
        missing.stream().map(Need::name).collect(Collectors.joining(" and "))
            + (missing.size() == 1 ? " is" : " are")
            + " not set. Set "
            + missing.stream().map(Need::form).collect(Collectors.joining(" and ")));
  }

  /// An address that sessions cannot do without.
  enum Need {
    DATABASE_URL("postgres://user:password@host:5432/database"),
    REDIS_URL("redis://:password@host:6379");

    private final String example;

    Need(String example) {
      this.example = example;
    }

    private String form() {
      return name() + "=" + example;
    }
  }
}
