package io.stoker.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/// What the files in `deploy` promise.
class DeployFilesTest {

  private static final Path DEPLOY = Path.of("../deploy");

  @Test
  void the_compose_file_keeps_tokens_and_hides_the_databases() throws IOException {
    Map<String, Map<String, Map<String, Object>>> compose =
        new Yaml().load(read("docker/compose.yaml"));
    var services = compose.get("services");

    var stoker = services.get("stoker");
    assertThat(stoker.get("volumes")).asString().contains("data:/data");
    assertThat(compose.get("volumes")).containsKeys("data", "postgres");
    assertThat(stoker).containsEntry("read_only", true).containsEntry("cap_drop", List.of("ALL"));
    assertThat(stoker.get("ports")).asString().isEqualTo("[127.0.0.1:24203:24203]");
    assertThat(stoker).doesNotContainKeys("entrypoint", "command", "user", "privileged");
    for (var hidden : List.of("postgres", "redis")) {
      assertThat(services.get(hidden))
          .doesNotContainKey("ports")
          .containsEntry("networks", List.of("state"));
    }
    assertThat(compose.get("networks").get("state")).containsEntry("internal", true);
    services
        .values()
        .forEach(service ->
            assertThat(service.get("security_opt")).asString().contains("no-new-privileges:true"));
  }

  @Test
  void its_redis_evicts_no_revocations() throws IOException {
    assertThat(read("docker/compose.yaml")).contains("--maxmemory-policy noeviction");
  }

  @Test
  void nobody_scrapes_with_an_operators_token() throws IOException {
    assertThat(read("README.md")).contains("token create --role metrics --name prometheus");
    assertThat(read("helm/stoker/values.yaml").split("serviceMonitor:", 2)[1])
        .doesNotContain("STOKER_TOKEN");
  }

  private static String read(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }
}
