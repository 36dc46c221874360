package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a server that has no memory left: it ends, and is started again.
class OutOfMemoryTest {

  @ParameterizedTest
  @ValueSource(strings = {"stoker", "deploy/docker/Dockerfile", "deploy/systemd/stoker.service"})
  void whatever_starts_a_server_lets_it_end_without_memory(String file) {
    assertThat(Path.of("..", file)).content().contains("-XX:+ExitOnOutOfMemoryError");
  }
}
