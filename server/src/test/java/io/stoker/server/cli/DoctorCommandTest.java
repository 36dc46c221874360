package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.server.SilentPipeline;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.StubLlm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;
import tools.jackson.databind.json.JsonMapper;

/// The results of `stoker doctor`.
@Timeout(60)
class DoctorCommandTest {

  private static final SessionEnvironment WORLD = SessionEnvironment.with(20);
  private static final String SECRET = "hunter2-and-more";

  @TempDir private Path folder;

  /// Runs the doctor with a data folder of its own, and these variables as name and value in turn.
  private Shell.Ran examine(Map<String, String> variables, String... arguments) {
    var all = new HashMap<>(Map.of("STOKER_ANSWERS_DATA", folder.toString(), "SERVER_PORT", "0"));
    all.putAll(variables);
    var command = new ArrayList<>(List.of("doctor"));
    command.addAll(List.of(arguments));
    var ran = new Shell(all).run(command.toArray(String[]::new));
    assertThat(ran.out() + ran.err()).doesNotContain(SECRET, "Exception:", "\tat ");
    return ran;
  }

  private static List<String> whats(Shell.Ran ran) {
    return ran.out().lines().map(line -> line.substring(6, 26).strip()).toList();
  }

  private static String line(Shell.Ran ran, String what) {
    return ran.out()
        .lines()
        .filter(line -> line.substring(6).startsWith(what + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line on " + what + " in\n" + ran.out()));
  }

  private static void run(DataSource dataSource, String statements) {
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_healthy_installation_is_ok_and_lines_are_in_a_fixed_order() {
    var ran = examine(WORLD.variables());

    assertThat(ran.exitCode()).as("%s", ran).isZero();
    assertThat(whats(ran))
        .containsExactly(
            "java",
            "settings",
            "access",
            "data folder",
            "state database",
            "sessions",
            "clock of Postgres",
            "sessions mapping",
            "sessions index",
            "sessions look-up",
            "sessions role",
            "redis",
            "redis memory",
            "clock of redis",
            "answers",
            "prompts by simulator",
            "server");
    assertThat(ran.out().lines().filter(line -> !line.startsWith("ok ")))
        .singleElement()
        .asString()
        .startsWith("warn  sessions role         can write platform.user_sessions, platform.users")
        .endsWith("  -> Give Stoker a role of its own that is granted SELECT");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void an_empty_configuration_is_ok() {
    var ran = examine(Map.of());

    assertThat(ran.exitCode()).as("%s", ran).isZero();
    assertThat(line(ran, "sessions"))
        .startsWith("ok ")
        .endsWith("are not warmed: DATABASE_URL and REDIS_URL are not set");
  }

  @Test
  void access_says_whether_tokens_are_required_and_proxies_trusted() {
    var token = "correct-horse-battery-staple";
    var proxies = "10.0.0.0/8, 192.168.7.1";

    assertThat(line(examine(Map.of()), "access")).startsWith("ok ").contains("no tokens");
    assertThat(line(examine(Map.of("STOKER_PROXIES", proxies)), "access"))
        .startsWith("warn ")
        .contains("stoker.proxies")
        .endsWith("-> Create a token: ./stoker token create --role operator --name NAME");
    assertThat(line(examine(Map.of("STOKER_TOKEN", token)), "access"))
        .startsWith("ok ")
        .contains("no proxy is trusted");
    assertThat(line(examine(Map.of("STOKER_TOKEN", token, "STOKER_PROXIES", proxies)), "access"))
        .startsWith("ok ")
        .contains("the proxies in stoker.proxies are trusted");
  }

  @Test
  void as_json_for_programs() {
    var ran = examine(Map.of("REDIS_URL", "redis://127.0.0.1:1"), "--json");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).hasLineCount(1);
    var json = new JsonMapper().readTree(ran.out());
    assertThat(json.path("state").asString()).isEqualTo("fail");
    var first = json.path("findings").path(0);
    assertThat(first.path("state").asString()).isEqualTo("ok");
    assertThat(first.path("what").asString()).isEqualTo("java");
    assertThat(first.path("detail").asString()).startsWith(Runtime.version().toString());
    assertThat(first.path("advice").isNull()).isTrue();
  }

  @Test
  void an_unknown_flag_is_usage() {
    assertThat(examine(Map.of(), "--quickly").exitCode()).isEqualTo(2);
  }

  @Test
  void one_failed_check_hides_no_other_result() {
    var ran =
        examine(
            Map.of(
                "DATABASE_URL",
                "postgres://ann:" + SECRET + "@127.0.0.1:1/shop",
                "REDIS_URL",
                "redis://:" + SECRET + "@127.0.0.1:1",
                "STOKER_ANSWERS_PIPELINE_URL",
                "http://127.0.0.1:1/ask",
                "STOKER_ANSWERS_PIPELINE_TOKEN",
                SECRET,
                "STOKER_PROMPTS_OPENAI_URL",
                "http://127.0.0.1:1",
                "STOKER_PROMPTS_OPENAI_KEY",
                SECRET));

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(line(ran, "sessions"))
        .startsWith(
            "fail  sessions              Postgres at postgres://127.0.0.1:1/shop: Connection")
        .endsWith(
            "-> Check DATABASE_URL, and that Postgres is running and accepts connections from this host");
    assertThat(line(ran, "redis"))
        .startsWith("fail  redis                 Redis could not be reached")
        .endsWith("-> Check that it runs and REDIS_URL is right");
    assertThat(line(ran, "answers")).startsWith("fail ").contains("http://127.0.0.1:1/ask");
    assertThat(line(ran, "prompts by openai")).startsWith("fail ").contains("cannot be reached");
    assertThat(line(ran, "settings")).startsWith("ok ");
    assertThat(line(ran, "data folder")).startsWith("ok ");
  }

  @Test
  void a_service_that_hangs_delays_no_other_check() {
    try (var silent = new SilentPipeline()) {
      var place = URI.create(silent.url()).getAuthority();

      var ran =
          examine(
              Map.of(
                  "DATABASE_URL",
                  "postgres://ann:" + SECRET + "@" + place + "/shop",
                  "REDIS_URL",
                  "redis://" + place,
                  "STOKER_PROMPTS_ANTHROPIC_KEY",
                  SECRET,
                  "STOKER_PROMPTS_ANTHROPIC_URL",
                  "http://" + place,
                  "STOKER_ANSWERS_DATABASE_URL",
                  "postgres://ann:" + SECRET + "@" + place + "/state"));

      assertThat(line(ran, "sessions")).startsWith("fail ");
      assertThat(line(ran, "redis")).startsWith("fail ");
      assertThat(line(ran, "state database")).startsWith("fail ");
      assertThat(line(ran, "prompts by anthropic"))
          .startsWith("fail ")
          .contains("did not answer within 6s");
      assertThat(line(ran, "server")).startsWith("ok ");
    }
  }

  @Test
  void wrong_passwords_are_reported_without_showing_them() {
    var postgres = RealPostgres.shared();
    try (var redis = RealRedis.builder().password("the right one").start()) {
      var ran =
          examine(
              Map.of(
                  "DATABASE_URL",
                  postgres.url("postgres", "postgres", SECRET),
                  "REDIS_URL",
                  "redis://:" + SECRET + "@127.0.0.1:" + redis.port()));

      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(line(ran, "sessions")).startsWith("fail ").contains("password authentication");
      assertThat(line(ran, "redis")).startsWith("fail ").contains("WRONGPASS");
    }
  }

  @Test
  void each_invalid_setting_is_named_and_the_rest_is_checked() throws IOException {
    var file = Files.writeString(folder.resolve("stoker.yaml"), "stoker.sessions.limmit: 5\n");
    var ran =
        examine(
            WORLD.variables(
                "SPRING_CONFIG_ADDITIONAL_LOCATION",
                file.getParent() + "/",
                "STOKER_SESSIONS_LIMIT",
                "many",
                "STOKER_PROMPTS_INTERVAL",
                "often",
                "STOKER_TOKEN",
                "short",
                "SERVER_ADDRESS",
                "0.0.0.0",
                "REDIS_URL",
                "nonsense"));

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out().lines().filter(line -> line.startsWith("fail  settings")))
        .hasSize(6)
        .anySatisfy(line -> assertThat(line).contains("stoker.sessions.limit: expected a whole"))
        .anySatisfy(
            line -> assertThat(line).contains("stoker.prompts.interval: expected a duration"))
        .anySatisfy(line -> assertThat(line).contains("stoker.sessions.limmit: is no setting"))
        .anySatisfy(line -> assertThat(line).contains("stoker.token: expected at least 16"))
        .anySatisfy(line -> assertThat(line).contains("server.address: expected a loopback"))
        .anySatisfy(line -> assertThat(line).contains("REDIS_URL: expected redis://"));
    assertThat(line(ran, "sessions mapping")).startsWith("ok ");
  }

  @Test
  void an_unknown_variable_is_a_warning() {
    var ran =
        examine(
            Map.of(
                "STOKER_SESIONS_LIMIT", "5",
                "STOKER_PROMPTS_TENANTS_SHOP_DAILYBUDGET", "5",
                "STOKER_PROMPTS_TENANTS_SHOP_BUDGET", "5",
                "STOKER_PROMPTS_ORIGINS_0", "http://chat.example",
                "STOKER_SESSIONS_BATCHSIZE", "10",
                "STOKER_SESSIONS_BATCH_SIZE", "10"));

    assertThat(ran.out())
        .contains(
            "warn  settings              STOKER_PROMPTS_TENANTS_SHOP_BUDGET, STOKER_SESIONS_LIMIT are"
                + " not settings  -> Check the spelling, or unset it");
    assertThat(ran.exitCode()).isZero();
  }

  @Test
  void a_mapping_without_a_required_column_fails() throws IOException {
    var mapping =
        Files.writeString(
            folder.resolve("mapping.sql"), "SELECT id AS user_id FROM platform.users");

    var ran = examine(WORLD.variables("STOKER_SESSIONS_MAPPING", mapping.toString()));

    assertThat(line(ran, "sessions mapping"))
        .startsWith("fail ")
        .contains("expected the mapping to yield a column token_hash, got [user_id]");
    assertThat(line(ran, "sessions")).startsWith("ok ");
  }

  @Test
  void a_read_only_role_is_ok() {
    run(
        WORLD.dataSource(),
        """
        CREATE ROLE doctors_reader LOGIN PASSWORD 'reads';
        GRANT USAGE ON SCHEMA platform TO doctors_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA platform TO doctors_reader;
        """);
    var url = WORLD.databaseUrl().replaceAll("//.*@", "//doctors_reader:reads@");

    var ran = examine(WORLD.variables("DATABASE_URL", url));

    assertThat(line(ran, "sessions role"))
        .isEqualTo("ok    sessions role         can read and not write");
  }

  @Test
  void many_sessions_without_an_index_by_activity_are_a_warning() {
    var world = SessionEnvironment.with(0, RealRedis.shared());
    run(
        world.dataSource(),
        """
        DROP INDEX platform.user_sessions_last_activity_at_idx;
        INSERT INTO platform.users (id, email, username)
          VALUES ('00000000-0000-0000-0000-000000000001', 'a@example.com', 'a');
        INSERT INTO platform.user_sessions (id, user_id, token, expires_at, last_activity_at)
          SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001', n::text, now(), now()
            FROM generate_series(1, 20000) AS n;
        ANALYZE platform.user_sessions, platform.users;
        """);

    var ran = examine(world.variables());

    assertThat(line(ran, "sessions index"))
        .startsWith("warn ")
        .contains("none for last_activity_at, and about 20000 rows: each run sorts them all")
        .endsWith("-> Run CREATE INDEX CONCURRENTLY on the column behind last_activity_at");
  }

  @Test
  void a_look_up_that_reads_the_whole_table_is_a_warning_with_the_index_to_make(
      @TempDir Path folder) throws IOException {
    var world = SessionEnvironment.with(0, RealRedis.shared());
    run(
        world.dataSource(),
        """
        CREATE TABLE logins (jwt text, account_id int, valid_until timestamptz, seen_at timestamptz);
        CREATE TABLE accounts (id int PRIMARY KEY, locked_at timestamptz);
        """);
    var select =
        """
        SELECT encode(sha256(%s), 'hex') AS token_hash, l.account_id AS user_id,
               l.valid_until AS expires_at, l.seen_at AS last_activity_at
          FROM logins l JOIN accounts a ON a.id = l.account_id WHERE a.locked_at IS NULL
        """;
    var mapping = Files.writeString(folder.resolve("m.sql"), select.formatted("l.jwt::bytea"));
    var variables = world.variables("STOKER_SESSIONS_MAPPING", mapping.toString());

    var found = line(examine(variables), "sessions look-up");

    assertThat(found)
        .startsWith("warn ")
        .contains("reads all of public.logins for each session that is not cached");
    Files.writeString(mapping, select.formatted("convert_to(l.jwt, 'UTF8')"));
    assertThat(line(examine(variables), "sessions look-up"))
        .contains("write COLUMN::bytea for convert_to(COLUMN, 'UTF8')")
        .endsWith(found.substring(found.indexOf("CREATE INDEX")));

    run(world.dataSource(), found.substring(found.indexOf("CREATE INDEX")));
    Files.writeString(mapping, select.formatted("l.jwt::bytea"));

    assertThat(line(examine(variables), "sessions look-up"))
        .isEqualTo("ok    sessions look-up      finds a session by an index");
  }

  @ParameterizedTest
  @ValueSource(strings = {"allkeys-lru", "volatile-lru", "volatile-ttl"})
  void a_redis_that_may_evict_revocations_is_a_warning(String policy) {
    try (var redis = RealRedis.builder().maxMemory("10mb", policy).start()) {
      var ran = examine(Map.of("REDIS_URL", redis.url()));

      assertThat(ran.exitCode()).isZero();
      assertThat(line(ran, "redis memory"))
          .startsWith("warn ")
          .contains("maxmemory-policy " + policy, "used of 10.00M", "evicts revocations")
          .endsWith("-> Set maxmemory-policy to noeviction, and enough maxmemory");
      assertThat(line(ran, "clock of redis")).startsWith("ok ");
    }
  }

  @Test
  void a_redis_that_evicts_nothing_is_ok() {
    try (var redis = RealRedis.builder().maxMemory("10mb", "noeviction").start()) {
      var ran = examine(Map.of("REDIS_URL", redis.url()));

      assertThat(line(ran, "redis memory")).startsWith("ok ").contains("noeviction");
    }
  }

  @Test
  void a_redis_whose_configuration_is_unreadable_gets_advice() {
    try (var redis = RealRedis.start();
        var jedis = redis.jedis()) {
      jedis.aclSetUser("few", "on", ">secret", "~*", "&*", "+@all", "-info", "-config");

      var ran = examine(Map.of("REDIS_URL", redis.url().replace("//", "//few:secret@")));

      assertThat(ran.exitCode()).isZero();
      assertThat(ran.out())
          .contains(
              "its configuration cannot be read: NOPERM", "maxmemory-policy should be noeviction");
    }
  }

  @Test
  void a_right_that_its_user_lacks_fails_and_is_named() {
    assumeTrue(RealRedis.isInstalled(), "there is no redis-server on this machine");
    try (var redis = RealRedis.builder().installed().start();
        var jedis = redis.jedis()) {
      jedis.aclSetUser("few", "on", ">secret", "~*", "&*", "+@all", "-publish");

      var full = examine(Map.of("REDIS_URL", redis.url()));
      var few = examine(Map.of("REDIS_URL", redis.url().replace("//", "//few:secret@")));

      assertThat(line(full, "redis rights")).startsWith("ok ");
      assertThat(few.exitCode()).isEqualTo(1);
      assertThat(line(few, "redis rights")).contains("may not run publish", "+publish");
    }
  }

  @Test
  void a_read_only_replica_fails() {
    try (var master = RealRedis.start();
        var replica = RealRedis.builder().replicaOf(master).start()) {
      var ran = examine(Map.of("REDIS_URL", replica.url()));

      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(ran.out())
          .contains("it is a read-only replica  -> Use the address of the primary");
    }
  }

  @Test
  void a_rejected_key_fails_and_only_models_are_listed() {
    try (var stub = StubLlm.start()) {
      var refusal = "{\"error\":{\"message\":\"wrong key " + SECRET + "\"}}";
      stub.next(new StubLlm.Replies(401, Map.of("Content-Type", "application/json"), refusal));
      stub.next(new StubLlm.Replies(401, Map.of("Content-Type", "application/json"), refusal));

      var ran =
          examine(
              Map.of(
                  "STOKER_PROMPTS_ANTHROPIC_KEY",
                  SECRET,
                  "STOKER_PROMPTS_ANTHROPIC_URL",
                  stub.uri().toString(),
                  "STOKER_PROMPTS_OPENAI_KEY",
                  SECRET,
                  "STOKER_PROMPTS_OPENAI_URL",
                  stub.uri().toString()));

      assertThat(ran.exitCode()).isEqualTo(1);
      for (var provider : List.of("anthropic", "openai")) {
        assertThat(line(ran, "prompts by " + provider))
            .startsWith("fail ")
            .contains("HTTP 401")
            .endsWith("-> Check the key, and that the address is that of the API");
      }
      assertThat(stub.requests())
          .hasSize(2)
          .allSatisfy(request -> assertThat(request.method()).isEqualTo("GET"))
          .allSatisfy(request -> assertThat(request.path()).startsWith("/v1/models"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405, 501})
  void an_application_that_does_not_implement_options_is_ok(int status) {
    try (var stub = StubLlm.start()) {
      stub.next(new StubLlm.Replies(status, Map.of(), ""));

      var ran = examine(Map.of("STOKER_ANSWERS_PIPELINE_URL", stub.uri().toString()));

      assertThat(line(ran, "answers")).startsWith("ok ").contains("come from the application at");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama3.2", "mistral"})
  void a_model_is_looked_up_in_the_provider_s_list(String model) {
    try (var stub = StubLlm.start()) {
      var models = "{\"data\":[{\"id\":\"llama3.2:latest\"}]}";
      stub.next(new StubLlm.Replies(200, Map.of("Content-Type", "application/json"), models));

      var ran =
          examine(
              Map.of(
                  "STOKER_ANSWERS_OLLAMA_URL",
                  stub.uri().toString(),
                  "STOKER_ANSWERS_MODEL",
                  model));

      assertThat(line(ran, "answers"))
          .isEqualTo(
              model.equals("mistral")
                  ? "warn  answers               answers, and has 1 model, but mistral is not among them"
                      + "  -> Set one of those that it has"
                  : "ok    answers               answers, and has 1 model, llama3.2 among them");
    }
  }

  @Test
  void a_sqlite_file_is_checked_and_its_process_named() {
    try (var server = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()))) {
      var ran = examine(Map.of("SERVER_PORT", Integer.toString(server.port())));

      assertThat(ran.exitCode()).as("%s", ran).isZero();
      assertThat(line(ran, "data folder"))
          .contains("in use by a running server (process " + ProcessHandle.current().pid() + ")");
      assertThat(line(ran, "state database")).startsWith("ok ").contains("stoker.db", "intact");
      assertThat(line(ran, "tables"))
          .matches("ok +tables +answers version \\d+, prompts version \\d+, access version \\d+");
      assertThat(line(ran, "server")).startsWith("ok ").contains("reports UP");
    }
  }

  @Test
  void tables_of_a_newer_version_fail() {
    RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString())).close();
    run(
        sqlite(),
        """
        INSERT INTO stoker_prompts_history (installed_rank, version, description, type, script,
            checksum, installed_by, execution_time, success)
          VALUES (99, '99', 'from the future', 'SQL', 'V99__future.sql', 1, 'me', 1, 1)
        """);

    var ran = examine(Map.of());

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(line(ran, "tables"))
        .startsWith("fail ")
        .contains("a newer version of Stoker has changed them (from the future)");
  }

  private DataSource sqlite() {
    var dataSource = new SQLiteDataSource();
    dataSource.setUrl("jdbc:sqlite:" + folder.resolve("stoker.db"));
    return dataSource;
  }

  @Test
  void a_damaged_file_fails() throws IOException {
    Files.writeString(folder.resolve("stoker.db"), "This is no database at all. ".repeat(400));

    var ran = examine(Map.of());

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(line(ran, "state database"))
        .startsWith("fail ")
        .contains("stoker.db cannot be read: ", "file is not a database");
  }

  @Test
  void a_data_folder_that_is_a_file_fails() throws IOException {
    var file = Files.createFile(folder.resolve("file"));

    var ran = examine(Map.of("STOKER_ANSWERS_DATA", file.toString()));

    assertThat(line(ran, "data folder"))
        .startsWith("fail ")
        .contains("is not a folder that this user can write to");
  }

  @Test
  void state_in_postgres_is_checked_before_and_after_the_first_start() {
    var url = RealPostgres.shared().url(RealPostgres.shared().newDatabase());
    var state = Map.of("STOKER_ANSWERS_DATABASE_URL", url);

    var before = examine(state);
    RunningServer.with(state).close();
    var after = examine(state);

    assertThat(line(before, "tables")).endsWith("none yet; the first start creates them");
    assertThat(line(after, "state database")).startsWith("ok ").contains("Postgres 18");
    assertThat(line(after, "tables"))
        .matches("ok +tables +answers version \\d+, prompts version \\d+, access version \\d+");
    assertThat(whats(after)).doesNotContain("data folder");
  }

  @Test
  void a_role_that_may_not_create_tables_fails() {
    var database = RealPostgres.shared().newDatabase();
    run(
        RealPostgres.shared().dataSource(database),
        "CREATE ROLE doctors_guest LOGIN PASSWORD 'looks'");
    var url = RealPostgres.shared().url(database, "doctors_guest", "looks");

    var ran = examine(Map.of("STOKER_ANSWERS_DATABASE_URL", url));

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).contains("there is no schema stoker, and the role may not create one");
  }

  @Test
  void a_port_in_use_by_another_program_fails() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(other.getLocalPort());

      var ran = examine(Map.of("SERVER_PORT", port));

      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(line(ran, "server"))
          .startsWith("fail ")
          .contains("port " + port + " is in use by another program");
    }
  }

  @Test
  void a_required_server_that_is_not_running_fails() {
    var ran = examine(Map.of(), "--server", "http://127.0.0.1:1");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(line(ran, "server")).startsWith("fail ").contains("no Stoker answers at");
  }
}
