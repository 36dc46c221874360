package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

final class NpmTest {

  @Test
  void a_script_reads_lines_and_answers_with_lines_until_its_input_ends() throws Exception {
    assumeTrue(Npm.isInstalled(), "the packages of foreign/npm are not installed");

    try (var models = ChildProcess.node("models.mjs")) {
      assertThat(models.nextLine()).matches("listening \\d+");
      models.send("{\"match\": {}, \"response\": {\"content\": \"Hello.\"}}");
      assertThat(models.nextLine()).isEqualTo("fixtures 1");
      models.stop();
      assertThat(models.nextLine()).isNull();
    }
  }
}
