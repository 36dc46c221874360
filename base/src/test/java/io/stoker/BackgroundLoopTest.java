package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BackgroundLoopTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void the_loop_continues_after_any_exception() throws InterruptedException {
    List<Throwable> faults =
        List.of(new IllegalStateException("a fault"), new StackOverflowError("an error"));
    var after = new CountDownLatch(1);

    try (var loop =
        BackgroundLoop.virtual(
            "The loop of a test",
            () -> {
              int round = rounds.getAndIncrement();
              if (round < faults.size()) {
                raise(faults.get(round));
              }
              after.countDown();
              new CountDownLatch(1).await();
            })) {
      loop.start();
      after.await();
    }

    assertThat(rounds).hasValue(3);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void raise(Throwable e) throws E {
    throw (E) e;
  }

  @Test
  void closing_ends_it_but_a_stray_interrupt_does_not() throws InterruptedException {
    var threads = new LinkedBlockingQueue<Thread>();
    var loop =
        BackgroundLoop.platform(
            "The loop of a test",
            () -> {
              threads.add(Thread.currentThread());
              new CountDownLatch(1).await();
            });
    loop.start();

    threads.take().interrupt();
    threads.take().interrupt();
    var _ = threads.take();
    loop.close();

    assertThat(loop.join(LONG)).isTrue();
    assertThat(threads).isEmpty();
  }

  @Test
  void a_loop_that_is_ended_finishes_its_iteration() throws InterruptedException {
    var done = new ArrayList<String>();
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var loop =
        BackgroundLoop.virtual(
            "The loop of a test",
            () -> {
              begun.countDown();
              goOn.await();
              done.add("a round");
            });
    loop.start();
    begun.await();

    loop.end();
    goOn.countDown();

    assertThat(loop.join(LONG)).isTrue();
    assertThat(done).containsExactly("a round");
    assertThat(loop.hasEnded()).isTrue();
  }

  @Test
  void joining_a_loop_that_was_never_started_returns_at_once() throws InterruptedException {
    var loop = BackgroundLoop.virtual("The loop of a test", rounds::incrementAndGet);

    loop.close();

    assertThat(loop.join(LONG)).isTrue();
  }

  @Test
  void exceptions_of_a_task_are_not_propagated() throws InterruptedException {
    boolean done = BackgroundTask.attempt("A task of a test", rounds::incrementAndGet);
    boolean failed =
        BackgroundTask.attempt(
            "A task of a test",
            () -> {
              throw new AssertionError("an error");
            });
    var thread =
        BackgroundTask.virtual(
            "A task of a test",
            () -> {
              throw new IllegalStateException("a fault");
            });
    thread.start();

    assertThat(done).isTrue();
    assertThat(failed).isFalse();
    assertThat(thread.join(LONG)).isTrue();
  }
}
