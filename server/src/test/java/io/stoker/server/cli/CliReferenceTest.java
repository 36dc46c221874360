package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.ReferencePages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/reference/cli.md`, from what the commands say of themselves.
class CliReferenceTest {

  private static final String INTRODUCTION =
      """
      # Command line

      The `--help` of every command of `./stoker`, or `java -jar stoker.jar`. `./stoker` alone has `demo`, `bench`,
      `soak` and `test` as well. Examples are in the [quick starts and how-tos](../README.md). This page is
      generated from the code; [how](../../CONTRIBUTING.md#the-reference).
      """;

  private static final Pattern COMMAND =
      Pattern.compile("^  ([a-z][a-z-]*)(?:\\s.*)?$", Pattern.MULTILINE);
  private static final String COMMANDS = "Commands:\n";

  private final StringBuilder page = new StringBuilder(INTRODUCTION);
  private final List<String> seen = new ArrayList<>();

  @Test
  void the_page_of_commands_has_the_help_of_each() {
    describe(List.of());

    assertThat(seen)
        .hasSizeGreaterThan(20)
        .contains("stoker", "stoker serve", "stoker sessions warm", "stoker prompts ledger");
    ReferencePages.check("cli.md", page.toString());
  }

  /// A command, then those below it.
  private void describe(List<String> command) {
    var arguments = new ArrayList<>(command);
    arguments.add("--help");
    var ran = new Shell(Map.of()).run(arguments.toArray(String[]::new));
    var name = String.join(" ", "stoker", String.join(" ", command)).strip();
    assertThat(ran.exitCode()).as("%s: %s", name, ran).isZero();
    assertThat(ran.out()).as(name).contains("Usage: " + name);
    seen.add(name);
    page.append("\n## ")
        .append(name)
        .append("\n\n```\n")
        .append(trimmed(ran.out()))
        .append("```\n");
    for (var next : below(ran.out())) {
      var deeper = new ArrayList<>(command);
      deeper.add(next);
      describe(deeper);
    }
  }

  private static String trimmed(String help) {
    return help.replaceAll("(?m) +$", "").stripTrailing() + "\n";
  }

  private static List<String> below(String help) {
    int commands = help.indexOf(COMMANDS);
    if (commands < 0) {
      return List.of();
    }
    var list = help.substring(commands + COMMANDS.length()).replaceAll("(?m)^\\S[\\s\\S]*", "");
    return COMMAND.matcher(list).results().map(found -> found.group(1)).toList();
  }
}
