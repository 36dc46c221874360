package io.stoker.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs `answers` commands against a server.
///
/// @param port where it is
public record AnswersShell(int port) {

  /// Runs a command.
  public Ran run(String... arguments) {
    var all = new ArrayList<>(List.of("answers"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--server", "http://127.0.0.1:" + port));
    var ran = new Shell(Map.of()).run(all.toArray(String[]::new));
    return new Ran(ran.exitCode(), ran.out(), ran.err());
  }

  /// What came of it.
  public record Ran(int exitCode, String out, String err) {}
}
