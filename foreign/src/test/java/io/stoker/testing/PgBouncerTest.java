package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PgBouncerTest {

  @ParameterizedTest
  @EnumSource
  void a_query_reaches_the_database_behind_it(PgBouncer.Mode mode) throws SQLException {
    assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
    var postgres = RealPostgres.shared();
    var database = postgres.newDatabase();

    try (var bouncer = PgBouncer.inFrontOf(postgres, mode);
        var connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + bouncer.port() + "/" + database,
                RealPostgres.POSTGRES,
                RealPostgres.POSTGRES);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT current_database()")) {
      rows.next();

      assertThat(rows.getString(1)).isEqualTo(database);
      assertThat(bouncer.logged()).contains(database);
    }
  }
}
