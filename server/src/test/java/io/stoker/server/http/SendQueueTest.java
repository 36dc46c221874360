package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The limit shared by all queues.
class SendQueueTest {

  /// A client that reads nothing until it is allowed to.
  private static final class Slow implements SendQueue.Client {

    private final CountDownLatch mayRead = new CountDownLatch(1);
    private final CountDownLatch disconnected = new CountDownLatch(1);
    private final AtomicInteger received = new AtomicInteger();

    @Override
    public void send(String text) {
      try {
        mayRead.await();
        received.incrementAndGet();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void ping() {
      send("");
    }

    @Override
    public void disconnect() {
      disconnected.countDown();
    }
  }

  @Test
  void above_the_shared_limit_slow_clients_are_disconnected_and_others_are_not()
      throws InterruptedException {
    var limit = new SendQueue.SharedLimit(10_000);
    var lagging = new Slow();
    var other = new Slow();
    try (var much = new SendQueue(lagging, limit);
        var little = new SendQueue(other, limit)) {
      other.mayRead.countDown();

      for (int i = 0; i < 12; i++) {
        much.add("x".repeat(1_000));
      }
      little.add("hello");
      little.addPing();
      lagging.disconnected.await();

      await().until(() -> other.received.get() == 2);
      assertThat(other.disconnected.getCount()).as("not disconnected").isEqualTo(1);
      lagging.mayRead.countDown();
    }
  }

  @Test
  void frames_of_a_disconnected_client_no_longer_count() throws InterruptedException {
    var limit = new SendQueue.SharedLimit(10_000);
    var lagging = new Slow();
    var next = new Slow();
    try (var much = new SendQueue(lagging, limit);
        var more = new SendQueue(next, limit)) {
      for (int i = 0; i < 12; i++) {
        much.add("x".repeat(1_000));
      }
      lagging.disconnected.await();

      for (int i = 0; i < 8; i++) {
        more.add("x".repeat(1_000));
      }
      next.mayRead.countDown();

      await().until(() -> next.received.get() == 8);
      lagging.mayRead.countDown();
    }
  }
}
