package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerLog.Event.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class AnswerFeedTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final LinesInMemory log = new LinesInMemory();
  @AutoClose private final AnswerFeed feed = new AnswerFeed(log, Duration.ofMillis(5));

  /// A log that counts its reads.
  private static final class LinesInMemory implements AnswerLog {
    private final List<AnswerLog.Event> lines = new ArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();

    synchronized void add(int count) {
      for (int i = 0; i < count; i++) {
        lines.add(new AnswerLog.Event(lines.size() + 1, 7, Kind.QUESTION, 1));
      }
    }

    @Override
    public synchronized List<AnswerLog.Event> after(long id, int limit) {
      reads.incrementAndGet();
      return lines.stream().filter(line -> line.id() > id).limit(limit).toList();
    }

    @Override
    public synchronized long newest() {
      return lines.size();
    }

    @Override
    public synchronized long oldest() {
      return 1;
    }

    @Override
    public void prune(long keep) {}
  }

  @Test
  void a_viewer_that_is_behind_gets_events_at_once() throws Exception {
    log.add(5);

    assertThat(feed.after(2, LONG)).extracting(AnswerLog.Event::id).containsExactly(3L, 4L, 5L);
  }

  @Test
  void a_waiting_viewer_gets_the_next_event() throws Exception {
    try (var viewers = Executors.newVirtualThreadPerTaskExecutor()) {
      var viewer = viewers.submit(() -> feed.after(0, LONG));

      log.add(1);

      assertThat(viewer.get()).extracting(AnswerLog.Event::id).containsExactly(1L);
    }
  }

  @Test
  void a_wait_without_events_times_out() throws Exception {
    assertThat(feed.after(0, Duration.ofMillis(20))).isEmpty();
  }

  @Test
  void closing_ends_all_waits() throws Exception {
    try (var viewers = Executors.newVirtualThreadPerTaskExecutor()) {
      var viewer = viewers.submit(() -> feed.after(0, LONG));

      feed.close();

      assertThat(viewer.get()).isEmpty();
    }
  }

  @Test
  void every_viewer_gets_every_event_in_order_from_one_reader() throws Exception {
    Callable<List<Long>> watching =
        () -> {
          var seen = new ArrayList<Long>();
          long last = 0;
          while (seen.size() < 500) {
            for (var line : feed.after(last, LONG)) {
              seen.add(line.id());
              last = line.id();
            }
          }
          return seen;
        };
    try (var viewers = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<List<Long>>>();
      for (int i = 0; i < 200; i++) {
        all.add(viewers.submit(watching));
      }

      for (int i = 0; i < 500; i++) {
        log.add(1);
        feed.wake();
      }

      for (var viewer : all) {
        assertThat(viewer.get()).hasSize(500).isSorted().doesNotHaveDuplicates();
      }
    }
    // Separate reads of 200 viewers would be tens of thousands.
    assertThat(log.reads.get()).isLessThan(2_000);
  }
}
