package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BatchRulesTest {

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          STATE                 | BEGUN | PAUSE  | RESUME  | CANCEL    | RETRY
          PENDING               | false | PAUSED | PENDING | CANCELLED | PENDING
          PENDING               | true  | PAUSED | PENDING | CANCELLED | PENDING
          RUNNING               | true  | PAUSED | RUNNING | CANCELLED | RUNNING
          PAUSED                | false | PAUSED | PENDING | CANCELLED | PAUSED
          PAUSED                | true  | PAUSED | RUNNING | CANCELLED | PAUSED
          COMPLETED             | true  |        |         |           | PENDING
          COMPLETED_WITH_ERRORS | true  |        |         |           | PENDING
          CANCELLED             | false |        |         | CANCELLED | PENDING
          CANCELLED             | true  |        |         | CANCELLED | PENDING
          """)
  void an_action_leads_to_the_state_in_the_table(
      BatchState state,
      boolean begun,
      BatchState pause,
      BatchState resume,
      BatchState cancel,
      BatchState retry) {
    assertThat(BatchRules.next(state, begun, BatchAction.PAUSE).orElse(null)).isEqualTo(pause);
    assertThat(BatchRules.next(state, begun, BatchAction.RESUME).orElse(null)).isEqualTo(resume);
    assertThat(BatchRules.next(state, begun, BatchAction.CANCEL).orElse(null)).isEqualTo(cancel);
    assertThat(BatchRules.next(state, begun, BatchAction.RETRY_FAILED)).contains(retry);
    assertThat(BatchRules.next(state, begun, BatchAction.RETRY_SKIPPED)).contains(retry);
    assertThat(BatchRules.next(state, begun, BatchAction.RETRY_ALL)).contains(retry);
  }

  @Test
  void a_batch_ends_with_errors_if_a_question_failed() {
    assertThat(BatchRules.ended(0)).isEqualTo(BatchState.COMPLETED);
    assertThat(BatchRules.ended(1)).isEqualTo(BatchState.COMPLETED_WITH_ERRORS);
  }

  @ParameterizedTest
  @EnumSource(QuestionState.class)
  void a_retry_takes_only_questions_that_ended_without_an_answer(QuestionState state) {
    boolean failed = state == QuestionState.FAILED;
    boolean skipped = state == QuestionState.SKIPPED || state == QuestionState.CANCELLED;

    assertThat(BatchAction.RETRY_FAILED.retries(state)).isEqualTo(failed);
    assertThat(BatchAction.RETRY_SKIPPED.retries(state)).isEqualTo(skipped);
    assertThat(BatchAction.RETRY_ALL.retries(state)).isEqualTo(failed || skipped);
    assertThat(BatchAction.PAUSE.retries(state)).isFalse();
  }
}
