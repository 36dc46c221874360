package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Similar questions of different meaning, and paraphrases.
final class ParaphraseRulesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          What was the budget in 2023?            | What was the budget in 2024?
          Is the service available on Sundays?    | Is the service not available on Sundays?
          What is the maximum upload size?        | What is the minimum upload size?
          How do I enable backups?                | How do I disable backups?
          What happens before the deadline?       | What happens after the deadline?
          Who is the manager of Berlin?           | Who is the manager of Munich?
          Does it work with Postgres?             | Does it work with Redis?
          Can I import users?                     | Can I export users?
          When does support open?                 | Where does support open?
          How long is the probe, 14 days?         | How long is the probe, 30 days?
          What changed in version 1.5?            | What changed in version 15?
          What did we sell last year?             | What will we sell next year?
          Do guests have access?                  | Don't guests have access?
          What does it cost without support?      | What does it cost with support?
          """)
  void similar_questions_of_different_meaning_do_not_match(String one, String other) {
    assertThat(ParaphraseRules.mayShareAnswer(one, other)).isFalse();
    assertThat(ParaphraseRules.mayShareAnswer(other, one)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          How long does a session live?           | How long will a session stay alive?
          What is the price of the basic plan?    | What does the basic plan cost?
          How do I reset my password?             | How can I change a forgotten password?
          Which databases does Stoker support?    | Which databases can Stoker work with?
          What is a TTL?                          | What does TTL mean?
          What was the budget in 2024?            | What was our 2024 budget?
          """)
  void other_wordings_of_a_question_may_match(String one, String other) {
    assertThat(ParaphraseRules.mayShareAnswer(one, other)).isTrue();
    assertThat(ParaphraseRules.mayShareAnswer(other, one)).isTrue();
  }
}
