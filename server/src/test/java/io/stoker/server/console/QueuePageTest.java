package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import io.stoker.server.RunningServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The queue and batch pages in the browser.
class QueuePageTest {

  private static RunningServer server;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start(@TempDir Path folder) {
    server = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()));
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void come() {
    Browser.pace(server, "0s");
    visit = browser.visit(server.port()).to("#/answers");
  }

  @AfterEach
  void leave() {
    visit.close();
    for (var batch : server.get("/api/admin/warming/queue").json().path("batches")) {
      server.send(
          server.request("/api/admin/warming/batches/" + batch.path("id").asLong()).DELETE());
    }
  }

  private static String[] numbered(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "What is meant by number " + i + "?")
        .toArray(String[]::new);
  }

  @Test
  void three_questions_are_queued_and_shown_until_completed() {
    var batch =
        visit.queue("Three", 3, "What is a lease?", "What is a TTL?", "What is a stampede?");

    assertThat(batch).containsText("3 of 3");
    assertThat(batch.locator(".badge")).hasText("Completed");
    assertThat(visit.page().getByRole(AriaRole.STATUS)).containsText("Three completed");
  }

  @Test
  @Tag("soak")
  void a_reply_that_comes_after_the_batch_is_completed_does_not_make_it_pending_again() {
    var late = new AtomicReference<Runnable>();
    visit
        .page()
        .route(
            "**/queue/manual",
            route -> {
              var reply = route.fetch();
              late.set(() -> route.fulfill(new Route.FulfillOptions().setResponse(reply)));
            });
    var batch = visit.queue("Overtaken", 1, "What is a lease?");
    Visit.hasState(batch, "Completed");

    visit.page().waitForResponse("**/queue/manual", late.get());

    assertThat(visit.page().getByRole(AriaRole.STATUS)).containsText("1 question queued");
    Visit.hasState(batch, "Completed");
  }

  @Test
  @Tag("soak")
  void the_preview_shows_skipped_lines_with_reasons() {
    visit
        .field("Questions, one per line")
        .fill("# For support\nWhat is a lease?\n\nwhat is a lease\n???");

    var preview = visit.page().getByLabel("Preview");
    assertThat(preview).containsText("1 question will be queued, 2 lines skipped");
    assertThat(preview).containsText("Line 4");
    assertThat(preview).containsText("Line 5");
    assertThat(visit.button("Queue 1 question")).isEnabled();
  }

  @Test
  @Tag("soak")
  void nothing_can_be_queued_without_questions() {
    assertThat(visit.button("Queue questions")).isDisabled();
  }

  @Test
  @Tag("soak")
  void a_batch_is_paused_and_resumed_and_other_actions_are_disabled() {
    Browser.pace(server, "2s");
    var batch = visit.queue("To be paused", 20, numbered(20));
    Visit.hasState(batch, "Running");
    assertThat(Visit.button(batch, "Resume")).isDisabled();
    assertThat(Visit.button(batch, "Retry failed")).isDisabled();

    Visit.button(batch, "Pause").click();

    Visit.hasState(batch, "Paused");
    assertThat(Visit.button(batch, "Pause")).isDisabled();
    assertThat(Visit.button(batch, "Resume")).isEnabled();
    assertThat(Visit.button(batch, "Cancel")).isEnabled();
    assertThat(Visit.button(batch, "Delete")).isEnabled();

    Visit.button(batch, "Resume").click();

    Visit.hasState(batch, "Running");
    assertThat(Visit.button(batch, "Pause")).isEnabled();
    assertThat(Visit.button(batch, "Resume")).isDisabled();
  }

  @Test
  @Tag("soak")
  void cancelling_asks_first_and_stores_the_reason() {
    Browser.pace(server, "2s");
    var batch = visit.queue("To be cancelled", 20, numbered(20));
    Visit.hasState(batch, "Running");
    var dialog = visit.page().locator("dialog");

    Visit.button(batch, "Cancel").click();
    visit.page().keyboard().press("Escape");
    Visit.hasState(batch, "Running");
    Visit.button(batch, "Cancel").click();
    dialog.getByLabel("Reason").fill("wrong list");
    Visit.button(dialog, "Cancel batch").click();

    Visit.hasState(batch, "Cancelled");
    assertThat(Visit.button(batch, "Pause")).isDisabled();
    assertThat(Visit.button(batch, "Retry skipped")).isEnabled();
    batch.locator("a").click();
    assertThat(visit.page().locator(".history")).containsText("wrong list");
  }

  @Test
  @Tag("soak")
  void a_deleted_batch_disappears_for_all_viewers() {
    var batch = visit.queue("To be deleted", 1, "What is a cache?");
    Visit.hasState(batch, "Completed");
    try (var other = browser.visit(server.port()).to("#/answers")) {
      assertThat(other.batch("To be deleted")).isVisible();

      Visit.button(batch, "Delete").click();
      visit.button("Delete batch").click();

      assertThat(batch).isHidden();
      assertThat(other.batch("To be deleted")).isHidden();
    }
  }

  @Test
  void a_file_is_previewed_and_queued() {
    var text = "1. What is a fencing token?\n2. What is a lease?\n3. What is a lease?\n";

    visit.field("Or a file").setInputFiles(file("support.txt", text.getBytes(UTF_8)));

    assertThat(visit.page().getByLabel("Preview")).containsText("What is a fencing token?");
    assertThat(visit.page().getByLabel("Preview")).containsText("1 line skipped");
    visit.field("Name").fill("From a file");
    visit.button("Queue 2 questions").click();
    Visit.hasState(visit.batch("From a file"), "Completed");
  }

  @Test
  @Tag("soak")
  void a_file_that_cannot_be_read_is_refused_with_a_message() {
    var bytes = "What is a lease?\nWhat is a TTL?\n".getBytes(UTF_16LE);

    visit.field("Or a file").setInputFiles(file("support.txt", bytes));

    assertThat(visit.page().locator("submit-form .problem")).containsText("UTF-8");
    assertThat(visit.button("Queue questions")).isDisabled();
    visit.complaints().removeIf(complaint -> complaint.contains("status of 4"));
  }

  private static FilePayload file(String name, byte[] bytes) {
    return new FilePayload(name, "text/plain", bytes);
  }

  @Test
  void every_question_of_a_batch_shows_its_state_and_answer() {
    var batch = visit.queue("To look into", 2, "What is a lease?", "What is a TTL?");
    Visit.hasState(batch, "Completed");

    batch.locator("a").click();

    var question = visit.page().locator("tbody[data-query]").first();
    assertThat(question).containsText("1. What is a lease?");
    Visit.hasState(question, "Completed");
    Visit.button(question, "Show answer").click();
    assertThat(question.locator(".answer .text").first()).containsText("lease");
    assertThat(question.locator(".answer")).containsText("Sources");
    assertThat(Visit.button(question, "Retry")).isDisabled();
  }

  @Test
  @Tag("soak")
  void questions_are_filtered_by_state() {
    var batch = visit.queue("To filter", 2, "What is a lease?", "What is a TTL?");
    Visit.hasState(batch, "Completed");
    batch.locator("a").click();
    assertThat(visit.page().locator("tbody[data-query]")).hasCount(2);

    visit.field("Show").selectOption("failed");

    assertThat(visit.page().locator("main")).containsText("No failed questions.");
    assertThat(visit.page().locator("tbody[data-query]")).hasCount(0);
  }

  @Test
  @Tag("soak")
  void a_long_batch_is_paged_through() {
    var batch = visit.queue("Long", 60, numbered(60));
    batch.locator("a").click();
    assertThat(visit.page().locator("tbody[data-query]")).hasCount(25);

    visit.button("Next").click();
    assertThat(visit.page().locator("tbody[data-query]").first()).containsText("number 26?");
    visit.button("Next").click();

    assertThat(visit.page().locator("tbody[data-query]")).hasCount(10);
    assertThat(visit.button("Next")).isDisabled();
    visit.button("Previous").click();
    assertThat(visit.page().locator("tbody[data-query]").first()).containsText("number 26?");
  }

  @Test
  @Tag("soak")
  void questions_are_added_while_a_batch_runs() {
    Browser.pace(server, "2s");
    var batch = visit.queue("To grow", 10, numbered(10));
    Visit.hasState(batch, "Running");
    batch.locator("a").click();
    visit.page().locator("summary", new Page.LocatorOptions().setHasText("Add questions")).click();

    visit.field("Questions, one per line").fill("What is a stampede?");
    visit.button("Add 1 question").click();

    assertThat(visit.page().locator("tbody[data-query]")).hasCount(11);
    assertThat(visit.page().locator(".history")).containsText("Added");
  }
}
