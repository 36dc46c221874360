package io.stoker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ServersTest {

  @Test
  void a_password_may_hold_any_character() throws SQLException {
    var postgres = RealPostgres.shared();
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE ROLE odd LOGIN PASSWORD 'p@ss:w/rd%'");
    }
    var url = postgres.url(postgres.newDatabase(), "odd", "p%40ss:w%2Frd%25");

    try (var servers = Servers.at(url, RealRedis.shared().url());
        var connection = servers.dataSource().getConnection()) {
      assertThat(connection.getMetaData().getUserName()).isEqualTo("odd");
      assertThat(servers.redis().ping()).isEqualTo("PONG");
    }
  }

  @Test
  void a_database_url_of_the_driver_is_taken_as_it_is() throws SQLException {
    var postgres = RealPostgres.shared();
    var database = postgres.newDatabase();
    var url = postgres.jdbcUrl(database) + "?user=postgres&password=postgres";

    try (var servers = Servers.at(url, RealRedis.shared().url());
        var connection = servers.dataSource().getConnection()) {
      assertThat(connection.getCatalog()).isEqualTo(database);
    }
  }

  @Test
  void servers_that_ran_already_go_on_after_the_example() {
    try (var servers = TestServers.empty()) {
      servers.redis().set("left", "behind");
    }

    try (var jedis = RealRedis.shared().jedis()) {
      assertThat(jedis.get("left")).isEqualTo("behind");
    }
  }
}
