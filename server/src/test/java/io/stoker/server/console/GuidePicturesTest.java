package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The screenshots of the documentation. They are written to `target/console` under the names that
/// they have in `docs/pictures`, to be copied there when the console changes.
@Tag("soak")
class GuidePicturesTest {

  private static final int WIDTH = 1280;

  private static BusyServer busy;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start(@TempDir Path folder) {
    busy = BusyServer.in(folder);
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    busy.close();
  }

  @BeforeEach
  void come() {
    visit = browser.visit(busy.server().port(), WIDTH).by(ColorScheme.LIGHT);
  }

  @AfterEach
  void leave() {
    visit.close();
  }

  @Test
  void the_overview_has_three_jobs_and_four_charts() {
    visit.to("#/");
    visit.page().waitForSelector(".job");
    BusyServer.giveHistory(visit.page());

    assertThat(visit.page().locator(".job")).hasCount(3);
    assertThat(visit.page().locator("time-line svg")).hasCount(4);
    visit.wholePicture("overview");
  }

  @Test
  void sessions_have_runs_that_were_verified() {
    visit.to("#/sessions").field("Max sessions").fill("1000");
    visit.button("Estimate").click();

    assertThat(visit.page().locator("[data-run]")).hasCount(3);
    assertThat(visit.page().getByLabel("Estimate")).isVisible();
    visit.wholePicture("sessions");
  }

  @Test
  void the_queue_has_a_preview_and_batches_in_several_states() {
    visit
        .to("#/answers")
        .field("Questions, one per line")
        .fill("# For support\nHow long is a session kept?\nWhat is a lease?\nwhat is a lease");

    assertThat(visit.page().getByLabel("Preview")).containsText("2 questions will be queued");
    assertThat(visit.page().locator("[data-batch]")).hasCount(3);
    visit.wholePicture("queue");
  }

  @Test
  void an_answer_from_the_cache_shows_its_sources() {
    visit.to("#/ask").field("Question").fill("what is a lease");
    visit.button("Ask").click();

    Visit.hasState(visit.page().locator("article.answer"), "Cached");
    visit.page().locator(".sources summary").first().click();
    visit.wholePicture("ask");
  }

  @Test
  void a_conversation_has_its_warming_panel_beside_the_transcript() {
    visit.to("#/prompts/plans");

    assertThat(visit.page().locator(".transcript li").first()).isVisible();
    assertThat(visit.page().locator(".warms tbody tr").first()).isAttached();
    assertThat(visit.page().locator("warming-policy .facts")).containsText("Next message");
    visit.page().evaluate("scrollTo(0, 0)");
    visit.picture("prompts");
  }

  @Test
  void the_ledger_has_a_month() {
    visit.to("#/ledger?period=30&by=tenant");

    assertThat(visit.page().locator(".chart svg")).isVisible();
    assertThat(visit.page().locator("[data-group]").first()).isVisible();
    visit.wholePicture("ledger");
  }
}
