package io.stoker.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerUrlTest {

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:24203, http://127.0.0.1:24203/api/overview?a=b%20c",
    "http://127.0.0.1:24203/, http://127.0.0.1:24203/api/overview?a=b%20c",
    "https://example.com/stoker, https://example.com/stoker/api/overview?a=b%20c",
    "https://example.com/tools/stoker/, https://example.com/tools/stoker/api/overview?a=b%20c"
  })
  void routes_are_below_the_path_of_the_server(URI server, URI route) {
    assertThat(ServerUrl.at(server, "/api/overview?a=b%20c")).isEqualTo(route);
  }
}
