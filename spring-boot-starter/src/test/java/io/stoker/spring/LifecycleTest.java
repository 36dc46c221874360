package io.stoker.spring;

import static io.stoker.spring.Contexts.firstRun;
import static io.stoker.spring.Contexts.inMemory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.sessions.Fence;
import io.stoker.sessions.InMemorySessionSource;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionChunk;
import io.stoker.sessions.SessionCursor;
import io.stoker.sessions.SessionEstimate;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionQuery;
import io.stoker.sessions.SessionSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

@Timeout(60)
class LifecycleTest {

  private static final String[] GATE = {
    "stoker.sessions.readiness-gate=true",
    "management.endpoint.health.group.readiness.include=readinessState,stokerSessionsReady"
  };

  private final HangingSource source = new HangingSource();

  @Test
  void the_start_does_not_wait_for_the_run() {
    inMemory(source)
        .run(context -> assertThat(context.getBean(SessionWarming.class).lastRun()).isEmpty());
  }

  @Test
  void stopping_cancels_the_run_and_waits_for_it() {
    inMemory(source)
        .run(context -> {
          assertThat(context).hasNotFailed();
          var warming = context.getBean(SessionWarming.class);
          source.reading.await();
          source.mayClose = new CountDownLatch(1);

          var end = Thread.ofPlatform().start(context.getSourceApplicationContext()::close);
          source.closing.await();
          await().until(() -> end.getState() == Thread.State.TIMED_WAITING);
          assertThat(warming.lastRun()).isEmpty();
          source.mayClose.countDown();
          end.join();

          assertThat(warming.lastRun().orElseThrow().report().state())
              .isEqualTo(RunState.CANCELLED);
          assertThat(warming.isRunning()).isFalse();
        });
  }

  @Test
  void a_context_that_was_stopped_warms_again_when_it_is_started() {
    inMemory()
        .run(context -> {
          firstRun(context);
          var warming = context.getBean(SessionWarming.class);

          context.getSourceApplicationContext().stop();
          assertThat(warming.isRunning()).isFalse();
          context.getSourceApplicationContext().start();

          assertThat(warming.isRunning()).isTrue();
          await()
              .until(
                  () -> warming.lastRun().orElseThrow().report().state() == RunState.ALREADY_WARM);
        });
  }

  @Test
  void readiness_waits_for_the_first_run() {
    withHealth(inMemory(source).withPropertyValues(GATE))
        .run(context -> {
          assertThat(context).hasNotFailed();
          source.reading.await();
          assertThat(ready(context)).isEqualTo(Status.OUT_OF_SERVICE);

          source.goOn.countDown();
          firstRun(context);

          assertThat(ready(context)).isEqualTo(Status.UP);
        });
  }

  @Test
  void readiness_waits_no_longer_than_its_deadline() {
    var time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    withHealth(inMemory(source).withPropertyValues(GATE).withBean(Time.class, () -> time))
        .run(context -> {
          assertThat(context).hasNotFailed();
          source.reading.await();
          time.advance(Duration.ofSeconds(29));
          assertThat(ready(context)).isEqualTo(Status.OUT_OF_SERVICE);

          time.advance(Duration.ofSeconds(1));

          assertThat(ready(context)).isEqualTo(Status.UP);
        });
  }

  @Test
  void a_readiness_group_may_name_a_gate_that_is_off() {
    withHealth(inMemory(source).withPropertyValues("stoker.sessions.readiness-gate=false", GATE[1]))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(ready(context)).isEqualTo(Status.UP);
        });
  }

  @Test
  void a_gate_outside_of_the_readiness_group_is_rejected() {
    withHealth(inMemory().withPropertyValues(GATE[0]))
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining(
                    "stoker.sessions.readiness-gate: expected a readiness group"));
  }

  private static ApplicationContextRunner withHealth(ApplicationContextRunner application) {
    return application.withConfiguration(
        AutoConfigurations.of(
            ApplicationAvailabilityAutoConfiguration.class,
            EndpointAutoConfiguration.class,
            HealthContributorRegistryAutoConfiguration.class,
            HealthEndpointAutoConfiguration.class,
            AvailabilityProbesAutoConfiguration.class,
            AvailabilityHealthContributorAutoConfiguration.class));
  }

  private static Status ready(ApplicationContext context) {
    return context
        .getBean("stokerSessionsReadyHealthIndicator", HealthIndicator.class)
        .health()
        .getStatus();
  }

  /// A source that says nothing until it is told to go on.
  private static final class HangingSource implements SessionSource {

    final CountDownLatch reading = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    final CountDownLatch closing = new CountDownLatch(1);
    volatile CountDownLatch mayClose = new CountDownLatch(0);
    private final InMemorySessionSource sessions = Contexts.withOneSession();

    @Override
    public SessionCursor read(SessionQuery query, Fence fence) {
      var read = sessions.read(query, fence);
      return new SessionCursor() {
        @Override
        public Optional<SessionChunk> next(Duration patience) throws InterruptedException {
          reading.countDown();
          goOn.await();
          return read.next(patience);
        }

        @Override
        public void close() {
          closing.countDown();
          awaiting(mayClose);
          read.close();
        }
      };
    }

    private static void awaiting(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public SessionChunk find(SessionKey key, Fence fence) {
      return sessions.find(key, fence);
    }

    @Override
    public SessionEstimate estimate(SessionQuery query) {
      return sessions.estimate(query);
    }
  }
}
