package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.cli.Cli;
import io.stoker.server.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Servers that do not start, and say why in one line.
class ServeTest {

  private static String refused(Map<String, String> variables) {
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new Configuration(variables, Map.of()),
            System.in,
            System.out,
            new PrintStream(err, true, UTF_8),
            false);

    int exitCode = new Cli(terminal, Server::serve).run("serve");

    assertThat(exitCode).isEqualTo(2);
    return err.toString(UTF_8).strip();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SERVER_ADDRESS         | 0.0.0.0  | server.address: wanted a loopback address such as 127.0.0.1, since anybody could reach 0.0.0.0. To listen there, set STOKER_TOKEN as well
          SERVER_ADDRESS         | ::       | server.address: wanted a loopback address such as 127.0.0.1, since anybody could reach 0:0:0:0:0:0:0:0. To listen there, set STOKER_TOKEN as well
          SERVER_PORT            | web      | server.port: wanted a whole number, but came "web"
          MANAGEMENT_SERVER_PORT | 9999     | management.server.port: is not supported, since no token would guard that port
          DATABASE_URL           | nonsense | DATABASE_URL: wanted postgres://user:password@host:5432/database, but came something without ://
          """)
  void a_setting_that_cannot_be_is_named(String variable, String value, String complaint) {
    assertThat(refused(Map.of(variable, value))).isEqualTo(complaint);
  }

  @Test
  void a_port_that_is_taken_is_named(@TempDir Path data) throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());

      assertThat(refused(Map.of("SERVER_PORT", port, "STOKER_ANSWERS_DATA", data.toString())))
          .isEqualTo(
              "server.port: " + port + " is in use. Stop what listens there, or set SERVER_PORT");
    }
  }
}
