package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerCommandsTest {

  private static final String TOKEN = "correct-horse-battery-staple";

  private static RunningServer server;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN));
    server.send(
        server
            .request("/api/admin/warming/settings", "Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .PUT(java.net.http.HttpRequest.BodyPublishers.ofString("{\"warming_delay\": \"0s\"}")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Shell.Ran run(String... arguments) {
    var all = new ArrayList<>(List.of("answers"));
    all.addAll(List.of(arguments));
    all.add("--server");
    all.add("http://127.0.0.1:" + server.port());
    return new Shell(Map.of("STOKER_TOKEN", TOKEN)).run(all.toArray(String[]::new));
  }

  private String submit(String... lines) throws IOException {
    var file = Files.write(folder.resolve("questions.txt"), List.of(lines));
    var ran = run("submit", file.toString(), "--name", "from a test");
    assertThat(ran.exitCode()).as("%s", ran).isZero();
    var id = Pattern.compile("Batch (\\d+)").matcher(ran.out());
    assertThat(id.find()).isTrue();
    return id.group(1);
  }

  @Test
  void a_file_is_submitted_watched_shown_and_listed() throws IOException {
    var id = submit("What is a TTL?", "# no question", "what is a ttl", "What is a lease?");

    var watched = run("watch", id);
    var shown = run("show", id);
    var queue = run("queue");

    assertThat(watched.exitCode()).as("%s", watched).isZero();
    assertThat(watched.out())
        .contains("[CacheWarming] Progress: 2/2 (100%) - Failed: 0")
        .contains("Batch " + id + " is completed: 2 of 2 done");
    assertThat(shown.out()).contains("What is a TTL?", "completed", "submitted");
    assertThat(queue.out()).contains("from a test", "2/2");
  }

  @Test
  void escape_sequences_in_questions_are_escaped() throws IOException {
    var id = submit("\u001b[31mRed\u202e\u2028 or not?");

    var shown = run("show", id);
    var asJson = run("show", id, "--json");

    assertThat(shown.out()).contains("\\u001b[31mRed\\u202e\\u2028 or not?");
    assertThat(shown.out() + asJson.out()).doesNotContain("\u001b", "\u202e", "\u2028");
    assertThat(new tools.jackson.databind.json.JsonMapper().readTree(asJson.out()).toString())
        .contains("\u202e\u2028 or not?");
  }

  @Test
  void submitting_lists_the_skipped_lines() throws IOException {
    var file =
        Files.write(folder.resolve("twice.md"), List.of("- What is it?", "- what is it", "- Why?"));

    var ran = run("submit", file.toString());

    assertThat(ran.out())
        .contains("2 questions queued, 1 lines skipped", "line 2 duplicates line 1");
  }

  @Test
  void a_question_is_asked() {
    var ran = run("ask", "What is a stampede?");
    var again = run("ask", "What is a stampede?");
    var json = run("ask", "What is a stampede?", "--json");

    assertThat(ran.exitCode()).as("%s", ran).isZero();
    assertThat(ran.out()).contains("Fresh, confidence", "by extractive", "Source: ");
    assertThat(again.out()).contains("From the cache");
    assertThat(json.out()).startsWith("{\"answer\":");
  }

  @Test
  void a_batch_changes_its_state_and_is_deleted() throws IOException {
    var id = submit("What is a hit?");
    run("watch", id);

    var illegal = run("pause", id);
    var json = run("cancel", id, "--json");
    var deleted = run("delete", id);
    var gone = run("show", id);

    assertThat(illegal.exitCode()).isEqualTo(1);
    assertThat(illegal.err()).contains("expected a state that allows pause, got completed");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.out()).startsWith("{\"error\":\"illegal-move\"");
    assertThat(deleted.out()).isEqualToIgnoringNewLines("Batch " + id + " is deleted.");
    assertThat(gone.exitCode()).isEqualTo(1);
    assertThat(gone.err()).isEqualToIgnoringNewLines("There is no batch " + id);
  }

  @Test
  void watching_as_json_is_an_event_on_each_line() throws IOException {
    var id = submit("What is a miss?");

    var ran = run("watch", id, "--json");

    assertThat(ran.exitCode()).as("%s", ran).isZero();
    assertThat(ran.out().lines().toList().getLast())
        .startsWith("{\"event\":\"complete\",\"data\":{");
  }

  @Test
  void a_server_that_is_not_there_is_exit_code_3_and_says_what_to_do() {
    var ran = new Shell(Map.of()).run("answers", "queue", "--server", "http://127.0.0.1:1");

    assertThat(ran.exitCode()).isEqualTo(3);
    assertThat(ran.err())
        .contains("No Stoker answers at http://127.0.0.1:1", "./stoker serve", "--server");
  }

  @Test
  void a_missing_token_is_exit_code_2_and_is_named() {
    var ran =
        new Shell(Map.of())
            .run("answers", "queue", "--server", "http://127.0.0.1:" + server.port());

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("STOKER_TOKEN");
  }

  @Test
  void a_file_that_is_not_there_is_exit_code_2() {
    var ran = run("submit", "no-such-file.txt");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("no-such-file.txt");
  }
}
