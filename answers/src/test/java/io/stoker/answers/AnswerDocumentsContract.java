package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerDocuments.Document;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The contract of [AnswerDocuments], and of the key-value pairs of a store.
abstract class AnswerDocumentsContract extends AnswerStoreContract {

  private AnswerDocuments documents() {
    return store().documents();
  }

  @Test
  void a_stored_document_is_found() {
    var put = documents().put("guide", "The guide", "tenant:7", "# Guide\n\nWörter 😀");

    assertThat(documents().get("guide", "tenant:7")).contains(put);
    assertThat(put)
        .isEqualTo(
            new Document(
                "guide", put.version(), "The guide", "tenant:7", "# Guide\n\nWörter 😀", NOON));
    assertThat(documents().get("other", "tenant:7")).isEmpty();
  }

  @Test
  void a_new_text_is_a_new_version() {
    var first = documents().put("guide", "Guide", "", "one");
    long corpus = documents().version();
    time.advance(Duration.ofMinutes(1));

    var second = documents().put("guide", "Guide", "", "two");

    assertThat(second.version()).isGreaterThan(first.version());
    assertThat(second.changedAt()).isEqualTo(time.now());
    assertThat(documents().version()).isGreaterThan(corpus);
    assertThat(documents().all()).containsExactly(second);
  }

  @Test
  void the_same_text_is_the_same_version() {
    var first = documents().put("guide", "Guide", "", "one");
    long corpus = documents().version();
    time.advance(Duration.ofMinutes(1));

    var second = documents().put("guide", "Guide", "", "one");

    assertThat(second).isEqualTo(first);
    assertThat(documents().version()).isEqualTo(corpus);
  }

  @Test
  void the_same_text_queues_no_answers_whatever_it_holds() {
    for (var text : List.of("one", "a NUL \0 in it", "half of a character \uD83D", "a\r\nb")) {
      documents().put("guide", "Guide", "", text);
      runJobs();
      store().entries().put(answerFrom("guide"), List.of());

      var again = documents().put("guide", "Another title", "", text);
      runJobs();

      assertThat(again.title()).isEqualTo("Another title");
      assertThat(allBatches()).as("batches after \"%s\"", text).isEmpty();
      store().entries().delete("guide", null, null);
    }
  }

  private void runJobs() {
    while (queue().runJobStep()) {
      // A step at a time.
    }
  }

  private CachedAnswer answerFrom(String document) {
    var source = new Answer.Source(document, 1, "Guide", "passage", 1.0);
    return new CachedAnswer(
        "key",
        "How long?",
        "",
        List.of(),
        new Answer("Long", List.of(source), 90, "model", ""),
        NOON,
        NOON.plus(Duration.ofDays(1)),
        false,
        0);
  }

  @Test
  void a_document_that_is_added_again_has_a_new_version() {
    var first = documents().put("guide", "Guide", "", "one");
    documents().delete("guide", "");

    var second = documents().put("guide", "Guide", "", "two");

    assertThat(second.version()).isGreaterThan(first.version());
  }

  @Test
  void a_deleted_document_is_gone_and_the_corpus_has_changed() {
    documents().put("guide", "Guide", "", "one");
    var other = documents().put("other", "Other", "", "one");
    long corpus = documents().version();

    assertThat(documents().delete("guide", "")).isTrue();

    assertThat(documents().get("guide", "")).isEmpty();
    assertThat(documents().all()).containsExactly(other);
    assertThat(documents().version()).isGreaterThan(corpus);
    corpus = documents().version();
    assertThat(documents().delete("guide", "")).isFalse();
    assertThat(documents().version()).isEqualTo(corpus);
  }

  @Test
  void all_documents_are_listed_by_title() {
    documents().put("1", "B", "", "text");
    documents().put("2", "A", "", "text");
    documents().put("3", "C", "tenant:7", "text");

    assertThat(documents().all()).extracting(Document::title).containsExactly("A", "B", "C");
  }

  @Test
  void documents_of_two_scopes_do_not_replace_each_other() {
    documents().put("guide", "Guide", "tenant:7", "ours");
    documents().put("guide", "Guide", "tenant:8", "theirs");

    assertThat(documents().all())
        .extracting(Document::text)
        .containsExactlyInAnyOrder("ours", "theirs");
    assertThat(documents().get("guide", "tenant:8")).map(Document::text).contains("theirs");
    assertThat(documents().get("guide", "")).isEmpty();
  }

  @Test
  void deleting_a_document_leaves_that_of_another_scope() {
    documents().put("guide", "Guide", "tenant:7", "ours");
    var theirs = documents().put("guide", "Guide", "tenant:8", "theirs");

    assertThat(documents().delete("guide", "tenant:7")).isTrue();
    assertThat(documents().delete("guide", "")).isFalse();

    assertThat(documents().all()).containsExactly(theirs);
  }

  @Test
  void values_are_stored_by_their_keys() {
    assertThat(store().note("settings")).isEmpty();

    store().note("settings", "{\"a\":1}");
    store().note("other", "ß 😀");
    store().note("settings", "{\"a\":2}");

    assertThat(store().note("settings")).contains("{\"a\":2}");
    assertThat(store().note("other")).contains("ß 😀");
  }

  @Test
  void documents_and_their_bytes_are_counted() {
    documents().put("a", "A", "", "Wörter");
    documents().put("a", "A", "acme", "😀");
    documents().put("b", "B", "", "one");
    documents().put("b", "B", "", "four");
    documents().delete("a", "acme");

    assertThat(documents().size()).isEqualTo(new AnswerDocuments.Size(2, 7 + 4));
  }
}
