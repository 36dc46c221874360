package io.stoker.server.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CachedProbeTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final AtomicInteger asked = new AtomicInteger();

  private <T> CachedProbe<T> look(Supplier<T> question) {
    return new CachedProbe<>("The store", FRESH, question, time);
  }

  @Test
  void one_answer_serves_all_while_it_is_fresh() throws InterruptedException {
    var look = look(asked::incrementAndGet);

    look.begin();
    assertThat(look.after(LONG).value()).isEqualTo(1);
    look.begin();
    assertThat(look.after(LONG).value()).isEqualTo(1);
    time.advance(FRESH);
    look.begin();

    assertThat(look.after(LONG).value()).isEqualTo(2);
  }

  @Test
  void a_refusal_is_told_in_its_own_words() throws InterruptedException {
    var look =
        look(() -> {
          throw new StokerException(
              StokerException.Code.SOURCE_UNREACHABLE, "Nobody is there", null);
        });

    look.begin();

    var seen = look.after(LONG);
    assertThat(seen.value()).isNull();
    assertThat(seen.problem()).contains("Nobody is there");
  }

  @Test
  void a_fault_is_no_reason_never_to_look_again() throws InterruptedException {
    var look =
        look(() -> {
          if (asked.incrementAndGet() == 1) {
            throw new IllegalStateException("a fault");
          }
          return "well";
        });
    look.begin();
    assertThat(look.after(LONG).problem())
        .contains("The store could not be asked. The log says why");

    time.advance(FRESH);
    look.begin();

    assertThat(look.after(LONG).value()).isEqualTo("well");
  }

  @Test
  void who_hangs_from_the_beginning_is_said_not_to_answer() throws InterruptedException {
    var release = new CountDownLatch(1);
    var look = look(() -> waitFor(release));

    look.begin();

    assertThat(look.after(Duration.ofMillis(1)).problem().orElse(""))
        .startsWith("The store does not answer");
    release.countDown();
    assertThat(look.after(LONG).value()).isEqualTo("late");
  }

  @Test
  void what_was_known_serves_while_somebody_hangs_but_not_for_long() throws InterruptedException {
    var release = new CountDownLatch(1);
    var look = look(() -> asked.incrementAndGet() == 1 ? "well" : waitFor(release));
    look.begin();
    assertThat(look.after(LONG).value()).isEqualTo("well");
    time.advance(FRESH);
    look.begin();

    assertThat(look.after(Duration.ofMillis(1)).value()).isEqualTo("well");
    time.advance(Duration.ofSeconds(10));

    assertThat(look.after(Duration.ofMillis(1)).value()).isNull();
    release.countDown();
    await().until(() -> "late".equals(look.after(LONG).value()));
  }

  @Test
  void who_is_slow_is_asked_less_often() throws InterruptedException {
    var look =
        look(() -> {
          time.advance(Duration.ofSeconds(2));
          return asked.incrementAndGet();
        });
    look.begin();
    assertThat(look.after(LONG).value()).isEqualTo(1);

    time.advance(Duration.ofSeconds(17));
    look.begin();
    assertThat(look.after(LONG).value()).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));
    look.begin();

    assertThat(look.after(LONG).value()).isEqualTo(2);
  }

  private static String waitFor(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return "late";
  }
}
