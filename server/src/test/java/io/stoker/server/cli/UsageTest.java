package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTest {

  private static final Map<String, String> ADDRESSES =
      Map.of("DATABASE_URL", "postgres://127.0.0.1:1/shop", "REDIS_URL", "redis://127.0.0.1:1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          sessions warm --foo            | Unknown option: '--foo'
          sessions warm --counts 5       | Unknown options: '--counts', '5'
          sessions warm extra            | Unmatched argument
          sessions warm --count many     | 'many' is not a long
          sessions warm --count 0        | --count: expected a limit of at least 1, got 0
          sessions warm --rate 0         | --rate: expected a rate of at least 1, got 0
          sessions warm --window 24      | expected a duration such as 24h, 5m, 90s or 1h30m, got "24"
          sessions warm --deadline 14m   | --deadline: expected a run's deadline and the TTL cap to stay under 15m together
          sessions warm -e -s            | mutually exclusive
          sessions warm --mapping no.sql | stoker.sessions.mapping: expected standard, spring-session or a file
          sessions estimate --rate 5     | Unknown option
          sessions stats -c 5            | Unknown option
          sessions                       | Missing required subcommand
          session warm                   | Unmatched argument
          serve --port 9000              | Unknown option
          """)
  void invalid_arguments_are_exit_code_2_and_say_why(String command, String complaint) {
    var ran = new Shell(ADDRESSES).run(command.split(" "));

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(complaint).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          sessions warm     | DATABASE_URL REDIS_URL | DATABASE_URL and REDIS_URL are not set. Set DATABASE_URL=postgres://user:password@host:5432/database and REDIS_URL=redis://:password@host:6379
          sessions warm     | REDIS_URL              | REDIS_URL is not set. Set REDIS_URL=redis://:password@host:6379
          sessions warm     | DATABASE_URL           | DATABASE_URL is not set. Set DATABASE_URL=postgres://user:password@host:5432/database
          sessions estimate | DATABASE_URL           | DATABASE_URL is not set. Set DATABASE_URL=postgres://user:password@host:5432/database
          sessions stats    | REDIS_URL              | REDIS_URL is not set. Set REDIS_URL=redis://:password@host:6379
          """)
  void a_missing_address_is_exit_code_2_and_shows_the_form(
      String command, String missing, String complaint) {
    var variables = new HashMap<>(ADDRESSES);
    variables.keySet().removeAll(Arrays.asList(missing.split(" ")));

    var ran = new Shell(variables).run(command.split(" "));

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(2);
    assertThat(ran.err()).isEqualToIgnoringNewLines(complaint);
  }

  @Test
  void an_invalid_address_is_exit_code_2_and_is_not_shown() {
    var ran =
        new Shell(Map.of("DATABASE_URL", "hunter2", "REDIS_URL", "redis://127.0.0.1:1"))
            .run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(2);
    assertThat(ran.err())
        .startsWith("DATABASE_URL: expected postgres://")
        .doesNotContain("hunter2");
  }

  @Test
  void help_names_every_flag_and_exit_code() {
    var ran = new Shell(Map.of()).run("sessions", "warm", "--help");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out())
        .contains("-c, --count=N", "--window=24h", "--rate=N", "--deadline=5m", "--dry-run")
        .contains("-e, --estimate", "-s, --stats", "--json", "--mapping=FILE", "-h, --help")
        .contains("0     warmed", "3     Postgres", "4     Redis", "6     another node", "130");
  }

  @Test
  void the_program_names_its_commands_and_version() {
    assertThat(new Shell(Map.of()).run("--help").out()).contains("serve", "sessions");
    assertThat(new Shell(Map.of()).run("--version").out()).startsWith("Stoker ");
    assertThat(new Shell(Map.of()).run().exitCode()).isEqualTo(2);
  }
}
