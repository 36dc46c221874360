package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What waits for clients, all together.
class SendQueueTest {

  /// A client that takes nothing until it may.
  private static final class Slow implements SendQueue.Line {

    private final CountDownLatch may = new CountDownLatch(1);
    private final CountDownLatch cut = new CountDownLatch(1);
    private final AtomicInteger taken = new AtomicInteger();

    @Override
    public void send(String text) {
      try {
        may.await();
        taken.incrementAndGet();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void ping() {
      send("");
    }

    @Override
    public void cut() {
      cut.countDown();
    }
  }

  @Test
  void once_too_much_waits_for_all_those_who_lag_are_cut_off_and_others_are_not()
      throws InterruptedException {
    var budget = new SendQueue.Budget(10_000);
    var lagging = new Slow();
    var other = new Slow();
    try (var much = new SendQueue(lagging, budget);
        var little = new SendQueue(other, budget)) {
      other.may.countDown();

      for (int i = 0; i < 12; i++) {
        much.put("x".repeat(1_000));
      }
      little.put("hello");
      little.ping();
      lagging.cut.await();

      await().until(() -> other.taken.get() == 2);
      assertThat(other.cut.getCount()).as("not cut").isEqualTo(1);
      lagging.may.countDown();
    }
  }

  @Test
  void what_a_client_that_was_cut_off_left_behind_counts_no_more() throws InterruptedException {
    var budget = new SendQueue.Budget(10_000);
    var lagging = new Slow();
    var next = new Slow();
    try (var much = new SendQueue(lagging, budget);
        var more = new SendQueue(next, budget)) {
      for (int i = 0; i < 12; i++) {
        much.put("x".repeat(1_000));
      }
      lagging.cut.await();

      for (int i = 0; i < 8; i++) {
        more.put("x".repeat(1_000));
      }
      next.may.countDown();

      await().until(() -> next.taken.get() == 8);
      lagging.may.countDown();
    }
  }
}
