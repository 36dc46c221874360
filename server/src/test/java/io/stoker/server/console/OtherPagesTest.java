package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import io.stoker.server.RunningServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asking, the cache, documents and settings in the browser.
class OtherPagesTest {

  private static RunningServer server;
  private static Browser browser;
  private Visit visit;

  @BeforeAll
  static void start(@TempDir Path folder) {
    server = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()));
    Browser.pace(server, "0s");
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void come() {
    visit = browser.visit(server.port());
  }

  @AfterEach
  void leave() {
    visit.close();
  }

  private void warm(String name, String question) {
    Visit.hasState(visit.to("#/answers").queue(name, 1, question), "Completed");
  }

  private void ask(String question) {
    visit.to("#/ask").field("Question").fill(question);
    visit.page().keyboard().press("Enter");
    assertThat(visit.page().locator("article.answer h2")).hasText(question);
  }

  @Test
  void a_warmed_question_is_answered_from_the_cache_with_its_sources() {
    warm("Warmed", "What is a lease?");

    ask("what is a lease");

    var answer = visit.page().locator("article.answer");
    Visit.hasState(answer, "Cached");
    assertThat(answer).containsText(Pattern.compile("\\d+ (s|min) old"));
    assertThat(answer.locator(".sources li").first()).isVisible();
    answer.locator(".sources summary").first().click();
    assertThat(answer.locator(".sources .text").first()).not().isEmpty();
  }

  @Test
  @Tag("soak")
  void a_question_that_is_not_cached_is_answered_by_the_pipeline() {
    ask("What is a fencing token?");

    Visit.hasState(visit.page().locator("article.answer"), "New");
  }

  @Test
  void an_answer_is_found_in_the_cache_and_deleted() {
    warm("To forget", "What is a cache stampede?");
    visit.to("#/cache").field("Search").fill("STAMPEDE");
    visit.button("Search").click();
    var row = visit.page().locator("tbody", new Page.LocatorOptions().setHasText("cache stampede"));
    Visit.button(row, "Show answer").click();
    assertThat(row.locator(".answer .text").first()).not().isEmpty();

    Visit.button(row, "Delete").click();
    Visit.button(visit.page().locator("dialog"), "Delete").click();

    assertThat(visit.page().locator("main")).containsText("No matching answers.");
  }

  @Test
  @Tag("soak")
  void the_cache_shows_its_statistics() {
    warm("To count", "What is a hit rate?");
    ask("What is a hit rate?");

    await().until(() -> server.get("/api/cache/top").response().body().contains("hit rate"));

    visit.to("#/cache");

    assertThat(visit.page().locator(".facts")).containsText("Hit rate");
    assertThat(visit.page().locator(".facts")).containsText("%");
    assertThat(visit.page().locator(".top")).containsText("What is a hit rate?");
  }

  @Test
  void a_document_is_added_and_deleted() {
    visit.to("#/documents");
    var text = "# The tea kitchen\n\nTea is served at four o'clock.\n";

    visit.field("File").setInputFiles(file("tea.md", text));
    visit.button("Add").click();
    var row = visit.page().locator("tr", new Page.LocatorOptions().setHasText("The tea kitchen"));
    assertThat(row).isVisible();
    visit.button("Delete The tea kitchen").click();
    visit.button("Delete document").click();

    assertThat(row).isHidden();
  }

  private static FilePayload file(String name, String text) {
    return new FilePayload(name, "text/markdown", text.getBytes(UTF_8));
  }

  @Test
  void settings_are_changed_and_stored() {
    visit.to("#/settings").field("Minimum confidence").fill("35");
    visit.field("Retry delays").fill("1s, 1m30s");

    visit.button("Save").click();

    assertThat(visit.page().locator(".announcement")).hasText("Settings saved");
    visit.page().reload();
    assertThat(visit.field("Minimum confidence")).hasValue("35");
    assertThat(visit.field("Retry delays")).hasValue("1s, 1m30s");
  }

  @Test
  @Tag("soak")
  void an_invalid_setting_is_refused_with_a_message() {
    visit.to("#/settings").field("Answer TTL").fill("for ever");

    visit.button("Save").click();

    assertThat(visit.page().getByRole(AriaRole.ALERT)).containsText("time_to_live");
    visit.complaints().removeIf(complaint -> complaint.contains("status of 4"));
  }
}
