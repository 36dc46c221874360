package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.cli.Shell.Ran;
import io.stoker.testing.RealPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandsTest {

  @TempDir private Path folder;
  private Map<String, String> variables = Map.of();

  @BeforeEach
  void useTheFolder() {
    variables = Map.of("STOKER_ANSWERS_DATA", folder.toString());
  }

  private Ran run(String... arguments) {
    return new Shell(variables).run(arguments);
  }

  private String create(String name, String role) {
    var ran = run("token", "create", "--name", name, "--role", role);
    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    return ran.out().strip();
  }

  @Test
  void a_token_is_shown_once_and_only_its_hash_is_stored() throws Exception {
    var ran = run("token", "create", "--name", "grafana", "--role", "viewer");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out()).matches("stoker_[\\w-]{43}\\R");
    assertThat(ran.err()).contains("not shown again", folder.resolve("tokens").toString());
    assertThat(Files.readString(folder.resolve("tokens")))
        .contains("grafana viewer ")
        .doesNotContain(ran.out().strip());
  }

  @Test
  void the_file_can_be_elsewhere() {
    variables = Map.of("STOKER_TOKENS_FILE", folder.resolve("elsewhere").toString());

    create("grafana", "viewer");

    assertThat(folder.resolve("elsewhere")).exists();
    assertThat(run("token", "list").out()).contains("grafana");
  }

  @Test
  void tokens_are_listed_by_name_and_role() {
    assertThat(run("token", "list").out())
        .isEqualToIgnoringNewLines("No tokens in " + folder.resolve("tokens") + ".");
    var token = create("grafana", "viewer");
    create("shop", "client");

    var text = run("token", "list");
    var json = run("token", "list", "--json");

    assertThat(text.out().lines())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("role"),
            one -> assertThat(one).matches("viewer +\\S+Z +grafana"),
            other -> assertThat(other).matches("client +\\S+Z +shop"));
    assertThat(json.out())
        .matches(
            "\\{\"tokens\":\\[\\{\"name\":\"grafana\",\"role\":\"viewer\",\"created_at\":\"[^\"]+Z\",\"tenant\":null,\"scopes\":\\[]},"
                + "\\{\"name\":\"shop\",\"role\":\"client\",\"created_at\":\"[^\"]+Z\",\"tenant\":null,\"scopes\":\\[]}]}\\R");
    assertThat(text.out() + json.out()).doesNotContain(token);
  }

  @Test
  void only_client_tokens_can_be_restricted() {
    var bound =
        run(
            "token",
            "create",
            "--name",
            "shop",
            "--role",
            "client",
            "--tenant",
            "acme & sons",
            "--scope",
            "b",
            "--scope",
            "a=1");
    var viewer = run("token", "create", "--name", "x", "--role", "viewer", "--tenant", "acme");
    var nobody = run("token", "create", "--name", "x", "--role", "client", "--tenant", "");

    assertThat(bound.exitCode()).as("%s", bound).isEqualTo(0);
    assertThat(run("token", "list").out()).contains("shop  tenant acme & sons  scope a=1  scope b");
    assertThat(run("token", "list", "--json").out())
        .contains("\"tenant\":\"acme & sons\",\"scopes\":[\"a=1\",\"b\"]");
    assertThat(viewer.exitCode()).isEqualTo(2);
    assertThat(viewer.err()).contains("only clients can be bound");
    assertThat(nobody.exitCode()).isEqualTo(2);
    assertThat(nobody.err()).contains("--tenant: expected the name of a tenant, got none");
  }

  @Test
  void with_postgres_tokens_are_in_the_state_database_and_a_file_is_imported() {
    create("grafana", "viewer");
    create("shop", "client");
    var postgres = RealPostgres.shared();
    variables =
        Map.of(
            "STOKER_ANSWERS_DATA",
            folder.toString(),
            "STOKER_ANSWERS_DATABASE_URL",
            postgres.url(postgres.newDatabase()));
    var file = folder.resolve("tokens").toString();

    assertThat(run("token", "list").out())
        .isEqualToIgnoringNewLines("No tokens in the state database.");
    assertThat(run("token", "import", file).out())
        .isEqualToIgnoringNewLines("Imported 2 of 2 tokens into the state database.");
    assertThat(run("token", "import", file).out()).startsWith("Imported 0 of 2");
    create("ann", "operator");
    assertThat(run("token", "create", "--name", "ann", "--role", "viewer").err())
        .startsWith("--name: there is a token ann.");
    assertThat(run("token", "revoke", "shop").exitCode()).isEqualTo(0);

    assertThat(run("token", "list").out()).contains("ann", "grafana").doesNotContain("shop");
    assertThat(run("token", "revoke", "shop").err())
        .isEqualToIgnoringNewLines("NAME: there is no token shop in the state database");
  }

  @Test
  void a_database_that_does_not_answer_is_exit_code_3() {
    variables = Map.of("STOKER_ANSWERS_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");

    var ran = run("token", "list");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(3);
    assertThat(ran.err()).contains("Postgres could not open the tables of access");
  }

  @Test
  void invalid_arguments_are_exit_code_2_and_say_why() {
    create("grafana", "viewer");

    assertThat(run("token", "create", "--name", "grafana", "--role", "operator"))
        .isEqualTo(
            new Ran(
                2,
                "",
                "--name: there is a token grafana. Choose another name, or revoke it first"
                    + System.lineSeparator()));
    var odd = run("token", "create", "--name", "Grafana 2", "--role", "viewer");
    assertThat(odd.exitCode()).isEqualTo(2);
    assertThat(odd.err()).startsWith("--name: expected a name of at most 63 lower-case letters");
    var role = run("token", "create", "--name", "x", "--role", "admin");
    assertThat(role.exitCode()).isEqualTo(2);
    assertThat(role.err()).contains("expected viewer, client, metrics or operator, got admin");
    assertThat(run("token", "revoke", "none").exitCode()).isEqualTo(2);
    assertThat(run("token", "create", "--name", "x").err()).contains("--role");
  }

  @Test
  void a_running_server_accepts_new_and_rejects_revoked_tokens() {
    var viewer = create("grafana", "viewer");
    try (var server = RunningServer.with(variables)) {
      var url = "http://127.0.0.1:" + server.port();
      var asViewer = new Shell(Map.of("STOKER_TOKEN", viewer));

      var listed = asViewer.run("answers", "queue", "--server", url);
      var refused = asViewer.run("answers", "pause", "1", "--server", url);
      var unknown = new Shell(Map.of()).run("answers", "queue", "--server", url);

      assertThat(listed.exitCode()).as("%s", listed).isEqualTo(0);
      assertThat(refused.exitCode()).as("%s", refused).isEqualTo(2);
      assertThat(refused.err())
          .contains(
              "expected a token of the role operator, got grafana of the role viewer",
              "./stoker token create --role operator",
              "Commands use the token in STOKER_TOKEN");
      assertThat(unknown.exitCode()).as("%s", unknown).isEqualTo(2);
      assertThat(unknown.err()).contains("Set STOKER_TOKEN to a valid token of the server");

      var operator = create("ann", "operator");
      var asOperator = new Shell(Map.of("STOKER_TOKEN", operator));
      await().until(() -> asOperator.run("answers", "queue", "--server", url).exitCode() == 0);
      assertThat(run("token", "revoke", "grafana").out())
          .isEqualToIgnoringNewLines("Revoked grafana.");
      await().until(() -> asViewer.run("answers", "queue", "--server", url).exitCode() == 2);
    }
  }
}
