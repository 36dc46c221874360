package io.stoker.answers.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.Time;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.Encoder;
import io.stoker.answers.rag.RagPipeline;
import io.stoker.answers.rag.RagSettings;
import org.junit.jupiter.api.Test;

/// The real model, with its 90 MB.
class MiniLmTest {

  private final Encoder encoder = Encoder.installed().orElseThrow();

  @Test
  void vectors_have_length_one_and_always_as_many_dimensions() {
    for (var text : new String[] {"", "a", "Where is it? ".repeat(500)}) {
      var vector = encoder.encode(text);

      assertThat(vector).hasSize(384);
      assertThat(cosine(vector, vector)).isCloseTo(1, within(0.001));
    }
  }

  @Test
  void questions_of_the_same_meaning_are_more_similar_than_others() {
    var question = encoder.encode("How do I cancel my subscription?");

    assertThat(cosine(question, encoder.encode("How can I end my subscription?")))
        .isGreaterThan(encoder.threshold());
    assertThat(cosine(question, encoder.encode("What is the capital of France?"))).isLessThan(0.3);
  }

  @Test
  void passages_are_found_by_words_that_they_do_not_contain() throws InterruptedException {
    try (var store = AnswerStore.inMemory(Time.system())) {
      store.documents().put("a", "Animals", "", "A blue whale weighs 150 tonnes.");
      store.documents().put("b", "Trees", "", "The oldest oak stands in a park.");

      var answer =
          RagPipeline.of(store.documents(), RagSettings.EXTRACTIVE.with(encoder), Time.system())
              .answer("How heavy are the largest marine mammals?", "");

      assertThat(answer.sources()).extracting(Answer.Source::document).containsExactly("a");
      assertThat(answer.confidence()).isPositive();
    }
  }

  private static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
