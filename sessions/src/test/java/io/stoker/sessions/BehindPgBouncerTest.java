package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.testing.PgBouncer;
import io.stoker.testing.PgBouncer.Mode;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.SessionSeed;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/// Sessions that are read through a real PgBouncer, by the driver's default settings.
final class BehindPgBouncerTest {

  private static final int SESSIONS = 300;

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_a_database() {
    assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
    database = SessionDatabase.create();
    SessionSeed.of(1).sessions(SESSIONS).into(database.dataSource());
  }

  private static PGSimpleDataSource through(PgBouncer bouncer) {
    var dataSource = (PGSimpleDataSource) database.dataSource();
    dataSource.setPortNumbers(new int[] {bouncer.port()});
    return dataSource;
  }

  @Test
  void transactions_of_two_clients_share_a_connection_of_the_server() throws SQLException {
    try (var bouncer = PgBouncer.inFrontOf(RealPostgres.shared(), Mode.TRANSACTION);
        var one = through(bouncer).getConnection();
        var other = through(bouncer).getConnection();
        var stranger = through(bouncer).getConnection();
        var statement = stranger.createStatement()) {
      world = SessionFixture.of(pool(one)).open();
      var second = SessionSource.jdbc(pool(other), SessionMapping.standard(), Time.system());

      for (int i = 0; i < 12; i++) {
        assertThat(world.source().find(Samples.key("a"), Fence.FIRST).entries()).isEmpty();
        assertThat(second.find(Samples.key("a"), Fence.FIRST).entries()).isEmpty();
        assertThat(world.warmer().estimate(SessionPlan.standard()).eligible()).isEqualTo(SESSIONS);
      }
      assertThatRun(world.warm()).ended(RunState.COMPLETED);

      assertThat(text(statement, "SELECT count(*) FROM pg_prepared_statements")).isEqualTo("0");
      assertThat(text(statement, "SHOW transaction_isolation")).isEqualTo("read committed");
      assertThat(text(statement, "SHOW transaction_read_only")).isEqualTo("off");
      assertThat(text(statement, "SHOW statement_timeout")).isEqualTo("0");
    }
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /// A pool of one connection, which is used again and again.
  private static DataSource pool(Connection connection) {
    var lent =
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              if (method.getName().equals("close")) {
                connection.setReadOnly(false);
                connection.setAutoCommit(true);
                return null;
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, _, _) -> lent);
  }

  @Test
  void a_pool_of_statements_is_refused_with_the_setting_to_change() {
    try (var bouncer = PgBouncer.inFrontOf(RealPostgres.shared(), Mode.STATEMENT)) {
      world = SessionFixture.of(through(bouncer)).open();

      assertThatRun(world.warm())
          .ended(
              RunState.SOURCE_UNREACHABLE,
              "statement pooling mode",
              "Set pool_mode = transaction in PgBouncer")
          .didNothing();
      assertThatThrownBy(() -> world.source().find(Samples.key("a"), Fence.FIRST))
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.code()).isEqualTo(Code.SOURCE_REFUSED));
    }
  }
}
