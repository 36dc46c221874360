package io.stoker.examples;

import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;

/// The servers that all tests share.
public final class TestServers {

  private TestServers() {}

  /// A database of its own and an emptied Redis.
  public static Servers empty() {
    RealRedis.shared().flush();
    return with(RealRedis.shared());
  }

  /// A database of its own, and this Redis.
  public static Servers with(RealRedis redis) {
    var postgres = RealPostgres.shared();
    return Servers.at(postgres.url(postgres.newDatabase()), redis.url());
  }
}
