package io.stoker.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.wire.InvalidValueException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
