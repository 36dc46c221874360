package io.stoker.answers.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.CallException;
import io.stoker.ManualTime;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.Encoder;
import io.stoker.testing.StubLlm;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RagPipelineTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final AnswerStore store = AnswerStore.inMemory(time);
  private final AnswerDocuments documents = store.documents();
  private StubLlm stub;

  @BeforeEach
  void start() {
    stub = StubLlm.start();
    documents.put("whales", "Whales", "", "# Whales\nA blue whale weighs 150 tonnes.\n");
    documents.put("bees", "Bees", "", "# Bees\nA honey bee weighs a tenth of a gram.\n");
  }

  @AfterEach
  void stop() {
    stub.close();
    store.close();
  }

  @Test
  void without_a_model_the_best_passage_is_quoted() throws InterruptedException {
    var answer = extractive().answer("How much does a blue whale weigh?", "");

    assertThat(answer.text()).isEqualTo("A blue whale weighs 150 tonnes.");
    assertThat(answer.model()).isEqualTo("extractive");
    assertThat(answer.confidence()).isEqualTo(100);
    assertThat(answer.notCacheable()).isEmpty();
    assertThat(answer.sources())
        .containsExactly(
            new Answer.Source("whales", 1, "Whales", "A blue whale weighs 150 tonnes.", 1.0));
  }

  @Test
  void a_question_that_no_document_answers_gets_the_unknown_answer() throws InterruptedException {
    var answer = extractive().answer("Who won the election?", "");

    assertThat(answer)
        .isEqualTo(new Answer(RagPipeline.UNKNOWN, List.of(), 0, "extractive", "no passage found"));
  }

  @Test
  void a_question_that_shares_only_a_word_gets_little_confidence() throws InterruptedException {
    var answer = extractive().answer("Which mayor of Paris was the first to keep a bee?", "");

    assertThat(answer.confidence()).isLessThan(40);
  }

  @Test
  void a_question_of_stop_words_finds_nothing() throws InterruptedException {
    assertThat(extractive().answer("What is it?", "").notCacheable()).isEqualTo("no passage found");
    assertThat(extractive().answer("??? AND ( \" OR *:*", "").confidence()).isZero();
  }

  @Test
  void a_model_gets_numbered_passages_and_writes_the_answer() throws InterruptedException {
    stub.says("150 tonnes [1].");

    var answer = chatting().answer("How much does a blue whale weigh?", "");

    assertThat(answer.text()).isEqualTo("150 tonnes [1].");
    assertThat(answer.model()).isEqualTo("stub");
    assertThat(answer.sources())
        .extracting(Answer.Source::document)
        .containsExactly("whales", "bees");
    assertThat(stub.requests().getFirst().body())
        .contains("[1] Whales\\nA blue whale weighs 150 tonnes.")
        .contains("[2] Bees\\n")
        .contains("Question: How much does a blue whale weigh?");
  }

  @Test
  void a_model_that_does_not_find_the_answer_says_so_with_no_confidence()
      throws InterruptedException {
    for (var reply :
        List.of("NO_ANSWER", "I don’t know.", "I do not know that.", "Sorry: NO_ANSWER.")) {
      stub.says(reply);

      var answer = chatting().answer("Do blue whales sleep?", "");

      assertThat(answer.text()).isEqualTo(RagPipeline.UNKNOWN);
      assertThat(answer.confidence()).isZero();
      assertThat(answer.notCacheable()).isNotEmpty();
    }
  }

  @Test
  void a_model_is_not_asked_if_no_passage_was_found() throws InterruptedException {
    var answer = chatting().answer("Who won the election?", "");

    assertThat(answer.notCacheable()).isEqualTo("no passage found");
    assertThat(stub.requests()).isEmpty();
  }

  @Test
  void an_answer_that_was_cut_off_is_not_cacheable() throws InterruptedException {
    stub.always(new StubLlm.Says("length", "A blue whale"));

    assertThat(chatting().answer("How much does a blue whale weigh?", "").notCacheable())
        .isNotEmpty();
  }

  @Test
  void an_error_of_the_model_is_an_error_of_the_pipeline() {
    stub.nextIsTooMany("5");

    var trouble =
        catchThrowableOfType(
            CallException.class, () -> chatting().answer("How heavy is a whale?", ""));

    assertThat(trouble.code()).isEqualTo(CallException.Code.RATE_LIMITED);
  }

  @Test
  void a_document_of_one_scope_is_not_read_for_another() throws InterruptedException {
    documents.put("secret", "Secret", "blue", "The launch code of the submarine is 1234.");
    var pipeline = extractive();

    assertThat(pipeline.answer("What is the launch code?", "blue").text()).contains("1234");
    for (var stranger : List.of("", "red", "blu", "=blue", "BLUE")) {
      assertThat(pipeline.answer("What is the launch code?", stranger).sources()).isEmpty();
    }
    assertThat(pipeline.answer("How heavy is a whale?", "blue").text()).contains("150 tonnes");
  }

  @Test
  void the_same_id_in_two_scopes_is_two_documents() throws InterruptedException {
    documents.put("price", "Price", "blue", "The price is 10 crowns.");
    documents.put("price", "Price", "red", "The price is 20 crowns.");
    var pipeline = extractive();

    assertThat(pipeline.answer("What is the price?", "blue").text()).contains("10 crowns");
    assertThat(pipeline.answer("What is the price?", "red").text()).contains("20 crowns");
  }

  @Test
  void answers_follow_the_documents() throws InterruptedException {
    var pipeline = extractive();
    assertThat(pipeline.answer("How heavy is a whale?", "").text()).contains("150 tonnes");

    documents.put("whales", "Whales", "", "A whale is as heavy as 30 elephants.");
    assertThat(pipeline.answer("How heavy is a whale?", "").text()).contains("30 elephants");
    assertThat(pipeline.answer("How many tonnes?", "").sources()).isEmpty();

    documents.delete("whales", "");
    assertThat(pipeline.answer("How heavy is a whale?", "").sources()).isEmpty();
  }

  @Test
  void a_source_names_the_version_that_was_read() throws InterruptedException {
    var changed = documents.put("whales", "Whales", "", "A whale is as heavy as 30 elephants.");

    var sources = extractive().answer("How heavy is a whale?", "").sources();

    assertThat(sources).extracting(Answer.Source::version).containsExactly(changed.version());
  }

  @Test
  void the_version_changes_with_model_and_encoder_but_not_with_documents() {
    var pipeline = extractive();
    var before = pipeline.version();

    documents.put("ants", "Ants", "", "An ant weighs five milligrams.");

    assertThat(pipeline.version()).isEqualTo(before);
    assertThat(List.of(pipeline.version(), chatting().version(), meaning().version()))
        .doesNotHaveDuplicates();
  }

  @Test
  void with_an_encoder_passages_are_found_by_their_meaning() throws InterruptedException {
    var answer = meaning().answer("How heavy are the largest marine mammals?", "");

    assertThat(answer.sources().getFirst().document()).isEqualTo("whales");
    assertThat(answer.confidence()).isGreaterThan(90);
    assertThat(meaning().answer("Who won the election?", "").sources()).isEmpty();
  }

  @Test
  void search_by_meaning_respects_the_scope() throws InterruptedException {
    documents.put("secret", "Secret", "blue", "Whale 52 sings at 52 hertz.");

    assertThat(meaning().answer("Which mammals sing?", "red").sources())
        .extracting(Answer.Source::document)
        .doesNotContain("secret");
    assertThat(meaning().answer("Which mammals sing?", "blue").sources())
        .extracting(Answer.Source::document)
        .contains("secret");
  }

  @Test
  void many_threads_ask_while_documents_change() throws Exception {
    var pipeline = extractive();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Boolean> asking =
          () ->
              IntStream.range(0, 100)
                  .allMatch(_ -> answers(pipeline, "How heavy is a whale?").contains("whale"));
      var asked = IntStream.range(0, 8).mapToObj(_ -> threads.submit(asking)).toList();
      for (int i = 0; i < 100; i++) {
        documents.put("whales", "Whales", "", "A whale is as heavy as " + i + " elephants.");
      }
      for (var one : asked) {
        assertThat(one.get()).isTrue();
      }
    }
    assertThat(answers(pipeline, "How heavy is a whale?")).contains("99 elephants");
  }

  private static String answers(AnswerPipeline pipeline, String question) {
    try {
      return pipeline.answer(question, "").text();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private AnswerPipeline extractive() {
    return RagPipeline.of(documents, RagSettings.EXTRACTIVE, time);
  }

  private AnswerPipeline chatting() {
    var chat = ChatSettings.ollama(stub.uri(), "stub");
    return RagPipeline.of(documents, RagSettings.EXTRACTIVE.with(chat), time);
  }

  private AnswerPipeline meaning() {
    return RagPipeline.of(documents, RagSettings.EXTRACTIVE.with(new Topics()), time);
  }

  /// Maps three topics, recognized by their words, to orthogonal vectors.
  private static final class Topics implements Encoder {

    private static final List<List<String>> TOPICS =
        List.of(List.of("whale", "mammals"), List.of("bee", "insect"), List.of("election"));

    @Override
    public String id() {
      return "topics";
    }

    @Override
    public double threshold() {
      return 0.9;
    }

    @Override
    public float[] encode(String text) {
      var vector = new float[TOPICS.size() + 1];
      vector[TOPICS.size()] = 0.01f;
      for (int i = 0; i < TOPICS.size(); i++) {
        var words = text.toLowerCase(Locale.ROOT);
        vector[i] = TOPICS.get(i).stream().anyMatch(words::contains) ? 1 : 0;
      }
      return vector;
    }
  }
}
