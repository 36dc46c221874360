package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import io.stoker.server.SilentPipeline;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The progress of batches as server-sent events.
class AnswerEventsTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String WARMING = "/api/admin/warming/";

  private static RunningServer server;
  private static SilentPipeline pipeline;
  private static RunningServer stuck;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
    server.put(WARMING + "settings", "{\"warming_delay\": \"0s\"}");
    pipeline = new SilentPipeline();
    stuck = RunningServer.with(Map.of("STOKER_ANSWERS_PIPELINE_URL", pipeline.url()));
  }

  @AfterAll
  static void stop() {
    server.close();
    stuck.close();
    pipeline.close();
  }

  private record Event(long id, String name, JsonNode data) {}

  /// Reads events from a stream's lines.
  private static final class Reader {

    private final Iterator<String> lines;

    Reader(Iterator<String> lines) {
      this.lines = lines;
    }

    Event next() {
      long id = -1;
      var name = "";
      while (lines.hasNext()) {
        var line = lines.next();
        if (line.startsWith("id: ")) {
          id = Long.parseLong(line.substring(4));
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          return new Event(id, name, JSON.readTree(line.substring(6)));
        }
      }
      throw new AssertionError("the stream has ended");
    }

    Event next(String name) {
      var event = next();
      while (!event.name.equals(name)) {
        event = next();
      }
      return event;
    }

    List<Event> rest() {
      var events = new ArrayList<Event>();
      while (lines.hasNext()) {
        var line = lines.next();
        if (line.startsWith("id: ")) {
          long id = Long.parseLong(line.substring(4));
          var name = lines.next().substring(7);
          events.add(new Event(id, name, JSON.readTree(lines.next().substring(6))));
        }
      }
      return events;
    }
  }

  private static long submit(RunningServer to, String... questions) {
    return to.post(
            WARMING + "queue/manual",
            "{\"queries\": [\"" + String.join("\", \"", questions) + "\"]}")
        .json()
        .path("batch_id")
        .asLong();
  }

  private static List<Event> watchToTheEnd(long batch, String... headers) {
    try (var stream = server.lines(WARMING + "progress?batch_id=" + batch, headers)) {
      return new Reader(stream.iterator()).rest();
    }
  }

  private static List<String> names(List<Event> events) {
    return events.stream().map(Event::name).toList();
  }

  @Test
  void a_batch_is_streamed_to_its_end() {
    long id = submit(server, "What is a cache?", "What is a lease?", "What is a stampede?");

    var events = watchToTheEnd(id);

    assertThat(events.getLast().name()).isEqualTo("complete");
    assertThat(events.getLast().data().path("batch_id").asLong()).isEqualTo(id);
    assertThat(events.getLast().data().path("total").asLong()).isEqualTo(3);
    assertThat(events.getLast().data().path("failed").asLong()).isZero();
    assertThat(events.getLast().data().path("status").asString()).isEqualTo("completed");
    assertThat(events.stream().map(Event::id)).isSorted();
    assertThat(events.getFirst().name()).isEqualTo("progress");
  }

  @Test
  void a_late_viewer_gets_the_end_at_once() {
    long id = submit(server, "What is a hit rate?");
    watchToTheEnd(id);

    var events = watchToTheEnd(id);

    assertThat(names(events)).containsExactly("progress", "complete");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void missed_events_are_replayed_by_id(boolean byHeader) {
    long before = lastIdOf(watchToTheEnd(submit(server, "What is a queue?")));
    long id = submit(server, "What is a retry?", "What is a token?");
    watchToTheEnd(id);

    var path = WARMING + "progress?batch_id=" + id;
    List<Event> events;
    try (var stream =
        byHeader
            ? server.lines(path, "Last-Event-ID", Long.toString(before))
            : server.lines(path + "&last_event_id=" + before)) {
      events = new Reader(stream.iterator()).rest();
    }

    assertThat(names(events).stream().filter("query"::equals)).hasSize(2);
    assertThat(events.getLast().name()).isEqualTo("complete");
    assertThat(events).allMatch(event -> event.id() > before);
    assertThat(events.stream().filter(event -> event.name().equals("query")))
        .allSatisfy(event -> {
          assertThat(event.data().path("batch_id").asLong()).isEqualTo(id);
          assertThat(event.data().path("status").asString()).isIn("completed", "skipped");
        });
  }

  private static long lastIdOf(List<Event> events) {
    return events.getLast().id();
  }

  @Test
  void a_viewer_that_disconnects_after_any_event_gets_all_that_followed() {
    long before = lastIdOf(watchToTheEnd(submit(server, "What is a shard?")));
    long first = submit(server, "What is a quorum?", "What is a replica?");
    watchToTheEnd(first);
    long second = submit(server, "What is a leader?");
    watchToTheEnd(second);
    var all = watchAllAfter(before, second);
    assertThat(names(all).stream().filter("complete"::equals)).hasSize(2);

    for (int i = 0; i < all.size() - 1; i++) {
      var replayed = watchAllAfter(all.get(i).id(), second);

      assertThat(replayed.stream().map(AnswerEventsTest::subject))
          .as("after %s", all.get(i))
          .containsAll(
              all.subList(i + 1, all.size()).stream().map(AnswerEventsTest::subject).toList());
    }
  }

  /// Everything that the stream of all batches replays, up to the end of one.
  private static List<Event> watchAllAfter(long id, long last) {
    var events = new ArrayList<Event>();
    try (var stream = server.lines(WARMING + "events?last_event_id=" + id)) {
      var reader = new Reader(stream.iterator());
      do {
        events.add(reader.next());
      } while (!subject(events.getLast()).equals("complete of batch " + last));
    }
    return events;
  }

  private static String subject(Event event) {
    return event.name()
        + (event.name().equals("query") ? " " + event.data().path("id").asLong() : "")
        + " of batch "
        + event.data().path("batch_id").asLong();
  }

  @Test
  void a_viewer_that_has_seen_everything_gets_the_end_again() {
    long id = submit(server, "What is a version?");
    long last = lastIdOf(watchToTheEnd(id));

    var events = watchToTheEnd(id, "Last-Event-ID", Long.toString(last));

    assertThat(names(events)).containsExactly("progress", "complete");
  }

  @Test
  void an_id_outside_the_log_gets_one_full_state() {
    long id = submit(server, "What is a scope?");
    watchToTheEnd(id);

    var events = watchToTheEnd(id, "Last-Event-ID", "999999999");

    assertThat(events.getFirst().name()).isEqualTo("progress");
    assertThat(events.getFirst().data().path("full_state").asBoolean()).isTrue();
  }

  @Test
  void one_stream_has_all_batches_and_their_state_changes() {
    try (var stream = stuck.lines(WARMING + "events")) {
      var events = new Reader(stream.iterator());

      long id = submit(stuck, "Anybody?", "Somebody?");
      var submitted = events.next("progress");
      stuck.post(WARMING + "batches/" + id + "/pause", "{\"reason\": \"lunch\"}");
      var paused = events.next("paused");
      stuck.post(WARMING + "batches/" + id + "/cancel", "");
      var complete = events.next("complete");
      stuck.delete(WARMING + "batches/" + id);
      var deleted = events.next("deleted");

      assertThat(submitted.data().path("batch_id").asLong()).isEqualTo(id);
      assertThat(submitted.data().path("total").asLong()).isEqualTo(2);
      assertThat(paused.data().path("status").asString()).isEqualTo("paused");
      assertThat(paused.data().path("reason").asString()).isEqualTo("lunch");
      assertThat(complete.data().path("status").asString()).isEqualTo("cancelled");
      assertThat(deleted.data().path("batch_id").asLong()).isEqualTo(id);
    }
  }

  @Test
  void a_new_viewer_gets_every_open_batch() {
    long id = submit(stuck, "Hello?");

    try (var stream = stuck.lines(WARMING + "events")) {
      var first = new Reader(stream.iterator()).next("progress");

      assertThat(first.data().path("batch_id").asLong()).isEqualTo(id);
    }
    stuck.delete(WARMING + "batches/" + id);
  }

  @Test
  void a_stream_is_not_buffered_and_sets_the_reconnection_time() {
    long id = submit(server, "What is a region?");
    var answer = server.get(WARMING + "progress?batch_id=" + id);

    assertThat(answer.response().headers().firstValue("X-Accel-Buffering")).contains("no");
    assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(answer.response().body()).startsWith("retry: 2000\n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"progress", "progress?batch_id=x", "progress?batch_id=1&foo=1"})
  void a_stream_without_a_batch_id_is_rejected(String path) {
    assertThat(server.get(WARMING + path).status()).isEqualTo(400);
  }

  @Test
  void a_stream_of_an_unknown_batch_is_rejected() {
    assertThat(server.get(WARMING + "progress?batch_id=424242").status()).isEqualTo(404);
  }
}
