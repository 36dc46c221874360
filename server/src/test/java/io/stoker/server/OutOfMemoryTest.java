package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server without memory exits, so that it is restarted.
class OutOfMemoryTest {

  @ParameterizedTest
  @ValueSource(strings = {"stoker", "deploy/docker/Dockerfile", "deploy/systemd/stoker.service"})
  void each_launcher_exits_on_out_of_memory(String file) {
    assertThat(Path.of("..", file)).content().contains("-XX:+ExitOnOutOfMemoryError");
  }
}
