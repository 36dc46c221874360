package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.WorkRefusedException.Code;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CpuWorkPoolTest {

  private final CpuWorkPool patient = new CpuWorkPool("patient", 1, 1, Duration.ofMinutes(1));
  private final CpuWorkPool hasty = new CpuWorkPool("hasty", 1, 1, Duration.ofMillis(50));

  @AfterEach
  void close() {
    patient.close();
    hasty.close();
  }

  @Test
  void a_task_runs_on_a_platform_thread_and_returns_its_result() throws Exception {
    var thread = patient.run(Thread::currentThread);

    assertThat(thread.isVirtual()).isFalse();
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("patient");
  }

  @Test
  void exceptions_of_a_task_are_rethrown() {
    assertThatThrownBy(() ->
            patient.run(() -> {
              throw new EOFException("short");
            }))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() ->
            patient.run(() -> {
              throw new IllegalStateException("broken");
            }))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_task_that_takes_too_long_is_interrupted_and_refused() throws Exception {
    var interrupted = new CountDownLatch(1);

    assertThatThrownBy(() ->
            hasty.run(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              interrupted.countDown();
              return "";
            }))
        .asInstanceOf(
            org.assertj.core.api.InstanceOfAssertFactories.type(WorkRefusedException.class))
        .returns(Code.TOO_LONG, WorkRefusedException::code);

    interrupted.await();
  }

  @Test
  void a_task_that_ignores_its_interrupt_keeps_its_thread_and_others_are_refused_as_busy() {
    var over = new AtomicBoolean();
    try {
      assertThatThrownBy(() ->
              hasty.run(() -> {
                while (!over.get()) {
                  Thread.onSpinWait();
                }
                return "";
              }))
          .isInstanceOf(WorkRefusedException.class);

      assertThatThrownBy(() -> hasty.run(() -> ""))
          .asInstanceOf(
              org.assertj.core.api.InstanceOfAssertFactories.type(WorkRefusedException.class))
          .returns(Code.BUSY, WorkRefusedException::code);
    } finally {
      over.set(true);
    }
  }

  @Test
  void an_interrupted_caller_stays_interrupted_and_its_task_is_interrupted() throws Exception {
    var begun = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var thrown = new AtomicReference<Throwable>();
    var stayed = new AtomicBoolean();
    var waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                patient.run(() -> {
                  begun.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } finally {
                    ended.countDown();
                  }
                  return "";
                });
              } catch (Exception e) {
                thrown.set(e);
                stayed.set(Thread.currentThread().isInterrupted());
              }
            });
    begun.await();

    waiting.interrupt();
    waiting.join();
    ended.await();

    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(stayed).isTrue();
  }
}
