package io.stoker.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.wire.InvalidValueException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseUrlTest {

  private static final Duration PATIENCE = Duration.ofMinutes(6);

  private static PGSimpleDataSource of(String url) {
    return DatabaseUrl.parse(url).dataSource(PATIENCE);
  }

  @Test
  void a_full_url_is_parsed() {
    var source = of("postgres://ann:secret@db.example:6432/shop?sslmode=require");

    assertThat(source.getServerNames()).containsExactly("db.example");
    assertThat(source.getPortNumbers()).containsExactly(6432);
    assertThat(source.getDatabaseName()).isEqualTo("shop");
    assertThat(source.getUser()).isEqualTo("ann");
    assertThat(source.getPassword()).isEqualTo("secret");
    assertThat(source.getSslmode()).isEqualTo("require");
  }

  @Test
  void the_port_is_optional() {
    assertThat(of("postgresql://ann@db.example/shop").getPortNumbers()).containsExactly(5432);
  }

  @Test
  void user_and_password_may_be_percent_encoded() {
    var source = of("postgres://a%40b:p%2Fw%3A+%25@db.example/shop");

    assertThat(source.getUser()).isEqualTo("a@b");
    assertThat(source.getPassword()).isEqualTo("p/w:+%");
  }

  @Test
  void a_jdbc_url_is_accepted() {
    var source = of("jdbc:postgresql://db.example:6432/shop?user=ann&password=secret");

    assertThat(source.getUser()).isEqualTo("ann");
    assertThat(source.getPassword()).isEqualTo("secret");
    assertThat(source.getPortNumbers()).containsExactly(6432);
  }

  @Test
  void several_hosts_are_accepted() {
    assertThat(of("postgres://ann@one:1111,two:2222/shop").getServerNames())
        .containsExactly("one", "two");
  }

  @Test
  void a_dead_connection_times_out_unless_the_url_sets_another_timeout() {
    var usual = of("postgres://db.example/shop");
    var own = of("postgres://db.example/shop?socketTimeout=7&connect_timeout=9");

    assertThat(usual.getSocketTimeout()).isEqualTo(360);
    assertThat(usual.getConnectTimeout()).isEqualTo(2);
    assertThat(usual.getTcpKeepAlive()).isTrue();
    assertThat(own.getSocketTimeout()).isEqualTo(7);
    assertThat(own.getConnectTimeout()).isEqualTo(9);
  }

  @Test
  void parameters_may_have_the_names_of_libpq() throws SQLException {
    var source =
        of(
            "postgres://ann@db.example/shop?application_name=a%20b+c&channel_binding=require"
                + "&target_session_attrs=read-write&keepalives=0&load_balance_hosts=random"
                + "&client_encoding=UTF8&sslrootcert=system");

    assertThat(source.getApplicationName()).isEqualTo("a b+c");
    assertThat(source.getProperty("channelBinding")).isEqualTo("require");
    assertThat(source.getTargetServerType()).isEqualTo("primary");
    assertThat(source.getTcpKeepAlive()).isFalse();
    assertThat(source.getLoadBalanceHosts()).isTrue();
    assertThat(source.getSslfactory()).isEqualTo("org.postgresql.ssl.DefaultJavaSSLFactory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sslMode=verify-full | parameter number 1 is unknown; write sslmode",
        "connect_timeout=3&SSLROOTCERT=/a | parameter number 2 is unknown; write sslrootcert",
        "applicationname=a | parameter number 1 is unknown; write ApplicationName",
        "hunter2 | parameter number 1 is unknown",
        "sslmode=verifyfull | another sslmode than one of disable, allow, prefer, require",
        "sslmode=hunter2 | another sslmode",
        "connectTimeout=hunter2 | parameter connectTimeout is not a number",
        "tcpKeepAlive=hunter2 | parameter tcpKeepAlive is neither true nor false",
        "host=/run/postgresql | Unix socket"
      })
  void a_parameter_that_the_driver_would_ignore_is_refused(String parameters, String problem) {
    for (var scheme : List.of("postgres://ann:hunter2@", "jdbc:postgresql://")) {
      assertThatThrownBy(() -> DatabaseUrl.parse(scheme + "db.example/shop?" + parameters))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageContaining(problem)
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void without_a_slash_the_database_is_that_of_the_user() {
    var source = of("postgres://ann:secret@db.example?sslmode=require");

    assertThat(source.getServerNames()).containsExactly("db.example");
    assertThat(source.getSslmode()).isEqualTo("require");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db.example?user=ann&password=hunter2",
        "jdbc:postgresql://db.example:port?user=ann&password=hunter2",
        "jdbc:postgresql://db.example:port/shop?password=hunter2&sslpassword=hunter2"
      })
  void the_driver_logs_no_password(String url) {
    var logged = new ArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record.getMessage() + Arrays.toString(record.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    var driver = Logger.getLogger("org.postgresql");
    driver.addHandler(handler);
    try {
      of(url);
    } catch (InvalidValueException e) {
      logged.add(e.getMessage());
    } finally {
      driver.removeHandler(handler);
    }

    assertThat(logged).noneMatch(line -> line.contains("hunter2"));
  }

  @Test
  void the_variables_of_libpq_are_read() {
    var variables =
        Map.of(
            "PGHOST", "one,two",
            "PGPORT", "6432",
            "PGUSER", "ann",
            "PGPASSWORD", "s%/cret",
            "PGDATABASE", "the shop",
            "PGSSLMODE", "verify-full",
            "PGSSLROOTCERT", "/etc/a b.pem",
            "PGAPPNAME", "a&b");

    var url = DatabaseUrl.ofVariables(variables::get);

    var source = url.dataSource(PATIENCE);
    assertThat(source.getServerNames()).containsExactly("one", "two");
    assertThat(source.getPortNumbers()).containsExactly(6432, 6432);
    assertThat(source.getUser()).isEqualTo("ann");
    assertThat(source.getPassword()).isEqualTo("s%/cret");
    assertThat(source.getDatabaseName()).isEqualTo("the shop");
    assertThat(source.getSslmode()).isEqualTo("verify-full");
    assertThat(source.getSslRootCert()).isEqualTo("/etc/a b.pem");
    assertThat(source.getApplicationName()).isEqualTo("a&b");
    assertThat(url.toString()).doesNotContain("cret");
  }

  @Test
  void without_a_host_in_libpqs_variables_there_is_no_address() {
    assertThat(DatabaseUrl.ofVariables(Map.of("PGUSER", "ann")::get)).isNull();
    assertThat(DatabaseUrl.ofVariables(Map.of("PGHOST", "/run/postgresql")::get)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://ann:hunter2@db.example/shop",
        "hunter2",
        "postgres://ann:hunter2@/shop",
        "postgres://ann:hunter2%zz@db.example/shop",
        "postgres://ann:hunter2@db.example:port/shop",
        "jdbc:mysql://db.example/shop?password=hunter2",
        "jdbc:postgresql:/db.example/shop?password=hunter2"
      })
  void an_invalid_url_is_rejected_without_showing_the_password(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith(
            "DATABASE_URL: expected postgres://user:password@host:5432/database, got ")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://ann:hunter2@db.example:5432/shop?sslpassword=hunter2",
        "jdbc:postgresql://db.example:5432/shop?user=ann&password=hunter2"
      })
  void its_text_has_no_login(String url) {
    assertThat(DatabaseUrl.parse(url)).hasToString("postgres://db.example:5432/shop");
  }
}
