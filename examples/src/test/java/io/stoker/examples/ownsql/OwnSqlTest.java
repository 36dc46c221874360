package io.stoker.examples.ownsql;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.Session;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnSqlTest {

  private static final SessionMapping LOGINS = SessionMapping.file(Path.of("sql/logins.sql"));

  private final Servers servers = TestServers.empty();
  private SessionCache cache;

  @BeforeEach
  void open() {
    Shop.open(servers.dataSource());
    var time = Time.system();
    var redis = new RedisSessions(servers.redis(), time);
    var source = SessionSource.jdbc(servers.dataSource(), LOGINS, time);
    cache = new SessionCache(redis.store(), source, null, SessionCache.Settings.standard(), time);
  }

  @AfterEach
  void close() {
    cache.close();
    servers.close();
  }

  @Test
  void logins_of_open_accounts_are_warmed() {
    var report = OwnSql.warm(servers, LOGINS);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().warmed()).isEqualTo(90);
    assertThat(report.verifiedShare()).hasValue(1);
  }

  @Test
  void a_jwt_is_found_in_the_cache_with_the_columns_of_the_mapping() {
    OwnSql.warm(servers, LOGINS);

    assertThat(cache.find(Shop.jwt(42)))
        .map(Session::json)
        .hasValueSatisfying(json ->
            assertThat(json).contains("\"mail\":\"account42@example.com\"", "\"language\":\"en\""));
    assertThat(cache.counts()).extracting(LookupCounts::hits).isEqualTo(1L);
  }

  @Test
  void tokens_that_begin_alike_are_told_apart() {
    OwnSql.warm(servers, LOGINS);

    assertThat(Shop.jwt(41)).startsWith(Shop.jwt(42).substring(0, 36));
    assertThat(cache.find(Shop.jwt(41)).map(Session::userId)).hasValue("41");
    assertThat(cache.find(Shop.jwt(42)).map(Session::userId)).hasValue("42");
  }

  @Test
  void neither_a_forged_token_nor_a_closed_account_is_found() {
    OwnSql.warm(servers, LOGINS);

    assertThat(cache.find(Shop.jwt(42) + "x")).isEmpty();
    assertThat(cache.find(Shop.jwt(50))).isEqualTo(Optional.empty());
  }

  @Test
  void a_mapping_without_a_column_that_must_be_there_says_which() {
    var mapping =
        SessionMapping.tokens("SELECT jwt AS token_hash, account_id AS user_id FROM shop.logins");

    var report = OwnSql.warm(servers, mapping);

    assertThat(report.state()).isEqualTo(RunState.SOURCE_UNREACHABLE);
    assertThat(report.message()).contains("expected the mapping to yield a column expires_at");
  }

  @Test
  void tokens_that_are_not_hashed_are_counted_as_failed_and_not_written() {
    var raw =
        SessionMapping.tokens(
            """
            SELECT jwt AS token_hash, account_id AS user_id, valid_until AS expires_at,
                   seen_at AS last_activity_at
              FROM shop.logins
            """);

    var report = OwnSql.warm(servers, raw);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED_WITH_FAILURES);
    assertThat(report.counts().failed())
        .containsEntry("token_hash is not 64 hexadecimal digits", 100L);
    assertThat(report.meetsTarget()).isFalse();
  }
}
