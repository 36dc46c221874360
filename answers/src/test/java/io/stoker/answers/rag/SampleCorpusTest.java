package io.stoker.answers.rag;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerDocuments.Document;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerStore;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleCorpusTest {

  private static final ManualTime TIME = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));

  /// With the sample corpus; the index is built once for all questions.
  private static final AnswerPipeline PIPELINE = pipeline();

  private final AnswerStore store = AnswerStore.inMemory(TIME);

  @Test
  void every_document_has_a_title_and_is_for_everybody() {
    int count = SampleCorpus.addTo(store.documents());

    assertThat(store.documents().all())
        .hasSize(count)
        .hasSizeBetween(8, 12)
        .allSatisfy(document -> {
          assertThat(document.id()).startsWith("sample-");
          assertThat(document.scope()).isEmpty();
          assertThat(document.text()).startsWith("# " + document.title());
        })
        .extracting(Document::title)
        .doesNotHaveDuplicates();
  }

  @Test
  void adding_it_twice_changes_nothing() {
    SampleCorpus.addTo(store.documents());
    long version = store.documents().version();

    SampleCorpus.addTo(store.documents());

    assertThat(store.documents().version()).isEqualTo(version);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          What is a TTL?                                        | time-to-live
          How long is a cached answer served?                   | time-to-live
          What is the hit rate of a cache?                      | hit-rate
          How do I prevent a cache stampede?                    | stampede
          What is a fencing token for?                          | leases
          What happens when a worker dies?                      | leases
          How are login sessions warmed after a Redis restart?  | session-warming
          Where is the queue of questions kept?                 | queue
          What happens if Redis is down when I submit a batch?  | queue
          How long does Anthropic keep a cached prompt prefix?  | prompt-caching
          Which file types can I upload as documents?           | documents
          What is reciprocal rank fusion?                       | documents
          What does Stoker do when the provider answers 429?    | retries
          How is the confidence of an answer reckoned?          | confidence
          What is the key of a cached answer made of?           | answer-cache
          How many questions may a batch have?                  | queue
          """)
  void ten_ordinary_questions_and_more_find_their_document_with_confidence(
      String question, String document) throws InterruptedException {
    var answer = PIPELINE.answer(question, "");

    assertThat(answer.sources())
        .extracting(Answer.Source::document)
        .as(answer.text())
        .contains("sample-" + document);
    assertThat(answer.confidence()).as(answer.text()).isGreaterThanOrEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          What is a TTL?                          | The time to live of a cache entry, TTL for short
          How long is a cached answer served?     | The time to live of a cache entry, TTL for short
          What is the hit rate of a cache?        | The hit rate of a cache is the share of look-ups
          What is a fencing token for?            | So every claim carries a token
          How do I prevent a cache stampede?      | - **One caller works, the others wait.**
          What is a cache stampede?               | A stampede, also called dogpile
          What is the key of a cached answer?     | The key of a cached answer is made of
          What is reciprocal rank fusion?         | Passages are found by their words with BM25
          """)
  void the_passage_that_answers_best_comes_first(String question, String beginning)
      throws InterruptedException {
    assertThat(PIPELINE.answer(question, "").text()).startsWith(beginning);
  }

  @ParameterizedTest
  @CsvSource({
    "What is the capital of France?",
    "How do I bake sourdough bread?",
    "Who was the first president of the United States?",
    "What will the weather in Berlin be tomorrow?"
  })
  void unrelated_questions_have_too_little_confidence_to_be_stored(String question)
      throws InterruptedException {
    var answer = PIPELINE.answer(question, "");

    assertThat(answer.confidence()).as(answer.text()).isLessThan(40);
  }

  private static AnswerPipeline pipeline() {
    var documents = AnswerStore.inMemory(TIME).documents();
    SampleCorpus.addTo(documents);
    return RagPipeline.of(documents, RagSettings.EXTRACTIVE, TIME);
  }
}
