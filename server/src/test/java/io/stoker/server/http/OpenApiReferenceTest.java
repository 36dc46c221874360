package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import io.stoker.testing.ReferencePages;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// `docs/reference/openapi.yaml`, as it is served.
class OpenApiReferenceTest {

  @Test
  void the_reference_is_the_served_document() {
    try (var server = RunningServer.with(Map.of())) {
      var document = server.get("/v3/api-docs.yaml");

      assertThat(document.status()).isEqualTo(200);
      ReferencePages.check("openapi.yaml", document.response().body());
    }
  }
}
