package io.stoker.answers;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.PipelineBreaker.Penalty;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryRulesTest {

  private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

  private static Verdict after(Code code, boolean counts, int attempt) {
    return after(code, counts, attempt, null);
  }

  private static Verdict after(Code code, boolean counts, int attempt, @Nullable Instant free) {
    return after(code, new Penalty(counts, Duration.ZERO), attempt, free);
  }

  private static Verdict after(Code code, Penalty penalty, int attempt, @Nullable Instant free) {
    var trouble = new CallException(code, "why", null, null);
    return RetryRules.afterFailure(
        trouble, penalty, attempt, NOW, free, AnswerSettings.STANDARD, new Random(1));
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 30", "3, 120"})
  void delays_grow_and_have_a_jitter_of_a_fifth(int attempt, int seconds) {
    var verdict = (Verdict.Retry) after(Code.TIMED_OUT, true, attempt);

    var wait = Duration.between(NOW, verdict.notBefore());
    assertThat(wait).isBetween(ofSeconds(seconds), ofSeconds(seconds).multipliedBy(6).dividedBy(5));
    assertThat(verdict.detail()).isEqualTo("timed_out: why");
  }

  @Test
  void the_fourth_attempt_is_the_last() {
    assertThat(after(Code.TIMED_OUT, true, 4))
        .isEqualTo(new Verdict.End(AnswerOutcome.FAILED, "timed_out: why"));
  }

  @Test
  void failures_that_do_not_count_are_released_any_number_of_times() {
    assertThat(after(Code.UNREACHABLE, false, 4))
        .isEqualTo(new Verdict.Release(null, "unreachable: why"));
  }

  @Test
  void a_single_failure_of_the_pipeline_counts_as_an_attempt() {
    assertThat(after(Code.UNAVAILABLE, true, 1)).isInstanceOf(Verdict.Retry.class);
  }

  @Test
  void the_first_question_after_a_rate_limit_is_another_one() {
    var free = NOW.plus(ofSeconds(40));

    assertThat(after(Code.UNAVAILABLE, true, 1, free))
        .isEqualTo(new Verdict.Retry(free.plus(ofSeconds(1)), "unavailable: why"));
  }

  @Test
  void a_rate_limit_counts_no_attempt() {
    assertThat(after(Code.RATE_LIMITED, false, 4))
        .isEqualTo(new Verdict.Release(null, "rate_limited: why"));
  }

  @Test
  void a_deferred_question_is_not_attempted_before_the_others() {
    var deferral = new Penalty(false, ofSeconds(60));

    assertThat(after(Code.RATE_LIMITED, deferral, 1, null))
        .isEqualTo(new Verdict.Release(NOW.plus(ofSeconds(60)), "rate_limited: why"));
    assertThat(after(Code.RATE_LIMITED, deferral, 1, NOW.plus(ofSeconds(60))))
        .isEqualTo(new Verdict.Release(NOW.plus(ofSeconds(61)), "rate_limited: why"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9})
  void a_question_is_attempted_after_some_lost_workers(int lost) {
    assertThat(RetryRules.beforeAttempt(claim(lost))).isEmpty();
  }

  @Test
  void a_question_that_lost_ten_workers_is_not_retried() {
    assertThat(RetryRules.beforeAttempt(claim(10)))
        .contains(
            new Verdict.End(
                AnswerOutcome.FAILED,
                "worker_lost: 10 workers were killed or frozen with this question in hand"));
  }

  private static Claim claim(int lost) {
    return new Claim(1, 1, 1, "What is A?", List.of(), BatchOptions.STANDARD, 1, lost, NOW);
  }

  @Test
  void a_refused_question_is_not_retried() {
    assertThat(after(Code.REFUSED, true, 1))
        .isEqualTo(new Verdict.End(AnswerOutcome.FAILED, "refused: why"));
  }
}
