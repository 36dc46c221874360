package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.cli.Cli;
import io.stoker.server.cli.Terminal;
import io.stoker.server.settings.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Servers that fail to start with a message of one line.
@ExtendWith(OutputCaptureExtension.class)
class ServeTest {

  private static String refused(Map<String, String> variables) {
    return refused(2, variables);
  }

  private static String refused(int wanted, Map<String, String> variables) {
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new Configuration(variables, Map.of()),
            System.in,
            System.out,
            new PrintStream(err, true, UTF_8),
            false);

    int exitCode = new Cli(terminal, Server::serve).run("serve");

    assertThat(exitCode).isEqualTo(wanted);
    return err.toString(UTF_8).strip();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SERVER_ADDRESS         | 0.0.0.0  | server.address: expected a loopback address such as 127.0.0.1, got 0.0.0.0, which others can reach. To listen there, create an operator token first: ./stoker token create --role operator --name NAME (or set STOKER_TOKEN)
          SERVER_ADDRESS         | ::       | server.address: expected a loopback address such as 127.0.0.1, got 0:0:0:0:0:0:0:0, which others can reach. To listen there, create an operator token first: ./stoker token create --role operator --name NAME (or set STOKER_TOKEN)
          SERVER_PORT            | web      | server.port: expected a whole number, got "web"
          MANAGEMENT_SERVER_PORT | 9999     | management.server.port: is not supported, because that port would need no token
          SERVER_FORWARDHEADERSSTRATEGY | native | server.forward-headers-strategy: is not supported, because it would trust every proxy. List the trusted proxies in stoker.proxies
          SERVER_TOMCAT_REMOTEIP_PROTOCOLHEADER | X-Proto | server.tomcat.remoteip: is not supported, because it would trust every proxy. List the trusted proxies in stoker.proxies
          SERVER_SERVLET_CONTEXTPATH | /stoker | server.servlet.context-path: is not supported. To serve below a path, have your proxy strip it and set X-Forwarded-Prefix (docs/how-to/behind-nginx.md)
          STOKER_PROXIES         | proxy    | stoker.proxies: expected addresses such as 10.0.0.7 or 10.0.0.0/8, got "proxy"
          STOKER_PROXIES         | 0.0.0.0/0 | stoker.proxies: expected addresses such as 10.0.0.7 or 10.0.0.0/8, got 0.0.0.0/0, which is every address. Name the addresses that your proxies send from
          LOGGING_STRUCTURED_FORMAT_CONSOLE | json | logging.structured.format.console: expected one of ecs, gelf, logstash, got "json"
          DATABASE_URL           | nonsense | DATABASE_URL: expected postgres://user:password@host:5432/database, got something without ://
          """)
  void an_invalid_setting_is_named(String variable, String value, String complaint) {
    assertThat(refused(Map.of(variable, value))).isEqualTo(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"viewer", "client"})
  void a_public_address_requires_an_operator_token(String role, @TempDir Path data) {
    TestTokens.create(data.resolve("tokens"), "grafana", role);

    assertThat(refused(Map.of("SERVER_ADDRESS", "0.0.0.0", "STOKER_ANSWERS_DATA", data.toString())))
        .startsWith("server.address: expected a loopback address");
  }

  @Test
  void a_damaged_token_file_is_named_with_its_line(@TempDir Path data) throws IOException {
    TestTokens.create(data.resolve("tokens"), "grafana", "viewer");
    Files.writeString(data.resolve("tokens"), "nonsense\n", StandardOpenOption.APPEND);

    assertThat(refused(Map.of("STOKER_ANSWERS_DATA", data.toString())))
        .isEqualTo(
            "stoker.tokens-file: "
                + data.resolve("tokens")
                + ", line 3: expected name, role, SHA-256 and time of creation, got 1 parts");
  }

  @Test
  void a_port_in_use_is_named(@TempDir Path data) throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());

      assertThat(refused(Map.of("SERVER_PORT", port, "STOKER_ANSWERS_DATA", data.toString())))
          .isEqualTo(
              "server.port: " + port + " is in use. Stop what listens there, or set SERVER_PORT");
    }
  }

  @Test
  void a_read_only_folder_is_named(@TempDir Path folder) throws IOException {
    var file = Files.createFile(folder.resolve("file"));

    var complaint = refused(Map.of("SERVER_PORT", "0", "STOKER_ANSWERS_DATA", file.toString()));

    assertThat(complaint)
        .startsWith("stoker.answers.data: expected a writable folder, got " + file + " (")
        .hasLineCount(1);
  }

  @Test
  void a_state_database_that_is_down_is_reported(CapturedOutput output) {
    var complaint = refused(3, answersIn("127.0.0.1:1"));

    assertThat(complaint)
        .startsWith(
            "Postgres could not open the tables of access: Connection to 127.0.0.1:1 refused")
        .contains("Check that Postgres runs and can be reached")
        .doesNotContain("hunter2")
        .hasLineCount(1);
    assertThat(output.getAll()).doesNotContain("Exception", "hunter2");
  }

  @Test
  @Timeout(20)
  void a_state_database_that_hangs_is_reported() {
    try (var silent = new SilentPipeline()) {
      var complaint = refused(3, answersIn(URI.create(silent.url()).getAuthority()));

      assertThat(complaint)
          .startsWith("Postgres could not open the tables of access: ")
          .hasLineCount(1);
    }
  }

  private static Map<String, String> answersIn(String place) {
    return Map.of(
        "SERVER_PORT",
        "0",
        "STOKER_ANSWERS_DATABASE_URL",
        "postgres://ann:hunter2@" + place + "/answers");
  }
}
