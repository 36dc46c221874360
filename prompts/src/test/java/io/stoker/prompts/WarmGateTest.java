package io.stoker.prompts;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.testing.FaultInjector;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WarmGateTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final BlockingQueue<Double> through = new LinkedBlockingQueue<>();

  private Thread comes(WarmGate gate, String provider, double worth) {
    int before = gate.waiting() + through.size();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                gate.enter(provider, worth);
                through.add(worth);
              } catch (InterruptedException _) {
                // Cancelled.
              }
            });
    await().until(() -> gate.waiting() + through.size() > before);
    return thread;
  }

  private List<Double> taken(int count) throws InterruptedException {
    var all = new ArrayList<Double>();
    for (int i = 0; i < count; i++) {
      all.add(through.take());
    }
    return all;
  }

  @Test
  void the_most_valuable_waiter_goes_first() throws InterruptedException {
    var gate = new WarmGate(1, 0, time);
    comes(gate, "p", 0);
    assertThat(taken(1)).containsExactly(0.0);
    comes(gate, "p", 1);
    comes(gate, "p", 3);
    comes(gate, "p", 2);

    var order = new ArrayList<Double>();
    for (int i = 0; i < 3; i++) {
      gate.leave();
      order.addAll(taken(1));
    }

    assertThat(order).containsExactly(3.0, 2.0, 1.0);
  }

  @Test
  void in_a_minute_no_more_go_through_than_the_provider_may_be_sent() throws InterruptedException {
    var gate = new WarmGate(100, 2, time);
    for (int i = 0; i < 5; i++) {
      comes(gate, "p", i);
    }
    assertThat(taken(2)).hasSize(2);
    assertThat(gate.waiting()).isEqualTo(3);

    time.advance(ofSeconds(59));
    gate.open();
    assertThat(gate.waiting()).isEqualTo(3);
    time.advance(ofSeconds(1));
    gate.open();

    assertThat(taken(2)).containsExactlyInAnyOrder(4.0, 3.0);
    assertThat(gate.waiting()).isEqualTo(1);
  }

  @Test
  void a_provider_that_may_be_sent_no_more_holds_up_no_other() throws InterruptedException {
    var gate = new WarmGate(100, 1, time);
    comes(gate, "slow", 9);
    comes(gate, "slow", 8);

    comes(gate, "other", 1);

    assertThat(taken(2)).containsExactlyInAnyOrder(9.0, 1.0);
    assertThat(gate.waiting()).isEqualTo(1);
  }

  @Test
  void a_cancelled_waiter_blocks_no_other() throws InterruptedException {
    var gate = new WarmGate(1, 0, time);
    comes(gate, "p", 1);
    taken(1);
    var impatient = comes(gate, "p", 9);
    comes(gate, "p", 2);

    impatient.interrupt();
    impatient.join();
    gate.leave();

    assertThat(taken(1)).containsExactly(2.0);
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void a_warm_that_has_to_wait_is_not_looked_at_whenever_another_comes() {
    var looks = new AtomicInteger();
    var clock = new FaultInjector();
    clock.before("ticks", looks::incrementAndGet);
    var gate = new WarmGate(1_000, 1, clock.in(Time.class, time));
    for (int i = 0; i < 50; i++) {
      comes(gate, "p", i);
    }

    assertThat(gate.waiting()).isEqualTo(49);
    assertThat(looks.get()).isLessThanOrEqualTo(100);
  }
}
