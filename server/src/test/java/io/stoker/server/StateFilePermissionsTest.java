package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The permissions of files that the program writes, with the usual umask.
@Tag("soak")
class StateFilePermissionsTest {

  @TempDir private Path temporary;

  /// Runs the program to its end, which has to be a good one.
  private static String run(Map<String, String> variables, String... arguments) throws Exception {
    var process = ServerProcess.launch(variables, List.of("-XX:TieredStopAtLevel=1"), arguments);
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(0);
    return said;
  }

  /// The rights of a folder and all that is in it, by path.
  private static Map<String, String> rights(Path folder) throws IOException {
    var rights = new TreeMap<String, String>();
    try (var all = Files.walk(folder)) {
      for (var path : all.toList()) {
        var kind = Files.isDirectory(path) ? "folder " : "file ";
        var name = folder.relativize(path).toString();
        rights.put(name, kind + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      }
    }
    return rights;
  }

  private static void assertPrivate(Path folder) throws IOException {
    assertThat(rights(folder).values()).containsOnly("folder rwx------", "file rw-------");
  }

  @Test
  void files_of_servers_and_commands_are_readable_by_their_owner_only() throws Exception {
    var folder = temporary.resolve("made");
    var data = folder.resolve("for/stoker");
    var export = folder.resolve("ledger.csv");
    var variables = Map.of("STOKER_ANSWERS_DATA", data.toString());
    try (var server = ServerProcess.start(variables)) {
      server.post("/api/admin/warming/queue/manual", "{\"queries\": [\"What is a cache?\"]}");
      server.chat("one");
      run(
          variables,
          "prompts",
          "ledger",
          "--csv",
          export.toString(),
          "--server",
          "http://127.0.0.1:" + server.port());
      run(variables, "token", "create", "--name", "ann", "--role", "operator");

      assertThat(rights(data).keySet())
          .contains("stoker.db", "stoker.db-wal", "stoker.db-shm", "stoker.lock", "tokens");
      assertThat(export).exists();
      assertPrivate(folder);
    }
  }

  @Test
  void a_command_that_is_the_first_to_write_makes_the_folder_so() throws Exception {
    var folder = temporary.resolve("made");
    var variables = Map.of("STOKER_ANSWERS_DATA", folder.toString());

    run(variables, "token", "create", "--name", "ann", "--role", "operator");

    assertThat(rights(folder)).hasSize(2);
    assertPrivate(folder);
  }

  @Test
  void files_that_others_could_read_are_taken_from_them_and_their_folder_stays_as_it_was()
      throws Exception {
    var folder = Files.createDirectory(temporary.resolve("shared"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (var name : List.of("stoker.db", "stoker.lock")) {
      var file = Files.createFile(folder.resolve(name));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    try (var _ = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()))) {
      var rights = rights(folder);

      assertThat(rights.remove("")).isEqualTo("folder rwxr-xr-x");
      assertThat(rights.values()).containsOnly("file rw-------");
    }
  }
}
