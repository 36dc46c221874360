package io.stoker.answers;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.ManualTime;
import io.stoker.answers.AnswerWorker.Wait.Cause;
import io.stoker.answers.PipelineBreaker.Penalty;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rate limits of the pipeline; its outages are in [AnswerOutagesTest].
final class PipelineBreakerTest {

  private static final long LARGE = 1;
  private static final long OTHER = 2;

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final PipelineBreaker gate = new PipelineBreaker(time);

  private Penalty limited(long question) {
    return limited(question, null);
  }

  private Penalty limited(long question, @Nullable Duration retryAfter) {
    return gate.failed(
        question, new CallException(Code.RATE_LIMITED, "too large", retryAfter, null), false);
  }

  /// The wait is over and another question is answered.
  private void goOn() {
    time.advance(ofMinutes(5));
    assertThat(gate.admit(1).probe()).isTrue();
    gate.answered(true);
    gate.probeEnded();
    assertThat(gate.waiting()).isEmpty();
  }

  @Test
  void a_question_that_alone_is_rate_limited_delays_others_only_once() {
    assertThat(limited(LARGE)).isEqualTo(new Penalty(false, Duration.ZERO));
    assertThat(gate.waiting()).map(AnswerWorker.Wait::cause).contains(Cause.RATE_LIMITED);
    goOn();

    assertThat(limited(LARGE)).isEqualTo(new Penalty(false, ofMinutes(1)));
    assertThat(gate.waiting()).isEmpty();
    gate.answered(false);
    assertThat(limited(LARGE)).isEqualTo(new Penalty(false, ofMinutes(2)));
    assertThat(gate.waiting()).isEmpty();
  }

  @Test
  void it_is_deferred_for_at_most_five_minutes_and_fails_the_tenth_time() {
    limited(LARGE);
    goOn();

    for (int time = 1; time < 10; time++) {
      var penalty = limited(LARGE);
      assertThat(penalty.countsAttempt()).isFalse();
      assertThat(penalty.deferral()).isBetween(ofSeconds(60), ofMinutes(5));
    }
    assertThat(limited(LARGE).countsAttempt()).isTrue();
    assertThat(gate.waiting()).isEmpty();
  }

  @Test
  void two_of_them_do_not_mask_each_other() {
    limited(LARGE);
    limited(OTHER);
    goOn();

    for (int time = 1; time < 10; time++) {
      assertThat(limited(LARGE).countsAttempt()).isFalse();
      assertThat(limited(OTHER).countsAttempt()).isFalse();
      assertThat(gate.waiting()).isEmpty();
      gate.answered(false);
    }
    assertThat(limited(LARGE).countsAttempt()).isTrue();
    assertThat(limited(OTHER).countsAttempt()).isTrue();
  }

  @Test
  void it_delays_others_for_as_long_as_the_pipeline_says() {
    limited(LARGE);
    goOn();

    limited(LARGE, ofSeconds(90));

    assertThat(gate.waiting()).map(AnswerWorker.Wait::nextTry).contains(time.now().plusSeconds(90));
  }

  @Test
  void a_rate_limit_of_all_questions_fails_none() {
    gate.answered(false);

    for (int round = 0; round < 100; round++) {
      assertThat(LongStream.range(0, 20))
          .allSatisfy(question ->
              assertThat(limited(question)).isEqualTo(new Penalty(false, Duration.ZERO)));
      assertThat(gate.waiting()).isPresent();
      time.advance(ofMinutes(5));
    }
  }
}
