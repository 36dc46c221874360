package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

final class RealPostgresTest {

  @Test
  void committed_rows_survive_a_stop_and_a_kill() throws SQLException {
    try (var postgres = RealPostgres.start()) {
      var database = postgres.dataSource(postgres.newDatabase());
      Sql.run(database, "CREATE TABLE kept AS SELECT 'still here' AS words");

      postgres.stop();
      assertThatThrownBy(database::getConnection).hasMessageContaining("refused");
      postgres.restart();
      assertThat(text(database, "SELECT words FROM kept")).isEqualTo("still here");

      Sql.run(database, "UPDATE kept SET words = 'yet again'");
      postgres.kill();
      assertThatThrownBy(database::getConnection).hasMessageContaining("refused");
      postgres.restart();
      assertThat(text(database, "SELECT words FROM kept")).isEqualTo("yet again");
    }
  }

  @Test
  void a_wrong_password_is_refused() {
    var postgres = RealPostgres.shared();

    assertThatThrownBy(() -> postgres.dataSource("postgres", "wrong").getConnection())
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void a_database_in_ascii_takes_any_bytes() throws SQLException {
    var postgres = RealPostgres.shared();
    var database = postgres.dataSource(postgres.newDatabase("SQL_ASCII"));

    assertThat(text(database, "SELECT octet_length(E'\\xff\\xfe')")).isEqualTo("2");
  }

  private static String text(DataSource database, String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
