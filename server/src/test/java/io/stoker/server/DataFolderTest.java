package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir private Path temporary;

  @Test
  void a_missing_folder_is_created() {
    try (var folder = DataFolder.lock(temporary.resolve("a/b"))) {
      assertThat(temporary.resolve("a/b")).isDirectory();
      assertThat(folder.database()).hasFileName("stoker.db");
    }
  }

  @Test
  void a_second_server_is_told_which_process_uses_the_folder() {
    var variables = Map.of("STOKER_ANSWERS_DATA", temporary.toString());
    try (var _ = RunningServer.with(variables)) {
      assertThatThrownBy(() -> RunningServer.with(variables))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageContaining("is in use by another Stoker (process ")
          .hasMessageContaining("set STOKER_ANSWERS_DATA to another folder");
    }
  }

  @Test
  void a_released_folder_can_be_locked_again() {
    DataFolder.lock(temporary).close();

    DataFolder.lock(temporary).close();
  }

  @Test
  void a_file_instead_of_the_folder_is_rejected() throws IOException {
    var file = Files.writeString(temporary.resolve("file"), "");

    assertThatThrownBy(() -> DataFolder.lock(file))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("stoker.answers.data: expected a writable folder, got ");
  }

  @Test
  void what_was_queued_survives_a_restart() {
    var variables = Map.of("STOKER_ANSWERS_DATA", temporary.toString());
    try (var server = RunningServer.with(variables)) {
      server.post("/api/admin/warming/queue/manual", "{\"queries\": [\"What is a cache?\"]}");
      server.put("/api/admin/warming/settings", "{\"concurrency\": 4}");
    }

    try (var server = RunningServer.with(variables)) {
      assertThat(server.get("/api/admin/warming/queue").json().path("batches").size()).isEqualTo(1);
      assertThat(server.get("/api/admin/warming/settings").json().path("concurrency").asInt())
          .isEqualTo(4);
    }
  }
}
