package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import io.stoker.server.FailingPipeline;
import io.stoker.server.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The banner of a queue that waits for its pipeline.
@Tag("soak")
class WaitingPageTest {

  @Test
  void queue_and_batch_show_why_they_wait_and_a_button_ends_the_wait() {
    try (var pipeline = new FailingPipeline();
        var server = RunningServer.with(Map.of("STOKER_ANSWERS_PIPELINE_URL", pipeline.url()));
        var browser = new Browser()) {
      pipeline.fails("", 500);
      Browser.pace(server, "0s");
      server.post(
          "/api/admin/warming/queue/manual", "{\"queries\": [\"A?\", \"B?\", \"C?\", \"D?\"]}");
      try (var visit = browser.visit(server.port()).to("#/answers")) {
        var waiting = visit.page().locator("[data-waiting=pipeline-down]");
        assertThat(waiting).containsText("Pipeline not responding");
        assertThat(waiting).containsText("Next try");
        assertThat(waiting).containsText("out of memory");

        visit.page().locator("tbody[data-batch] th a").first().click();
        assertThat(waiting).containsText("Last error: HTTP 500");
        pipeline.recovers();
        waiting.getByText("Try now").click();

        assertThat(waiting).hasCount(0, new HasCountOptions().setTimeout(60_000));
        assertThat(visit.page().locator("h1 .badge")).hasText("Completed");
      }
    }
  }
}
