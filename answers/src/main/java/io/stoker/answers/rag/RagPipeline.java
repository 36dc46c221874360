package io.stoker.answers.rag;

import io.stoker.Time;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.rag.PassageIndex.Hit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Answers questions from documents: finds the passages that match best, and has a chat model write
/// the answer from them or, without a model, quotes them. Thread-safe.
///
/// The confidence is the score of the best passage in percent: the greater of the weighted share of
/// the question's words in it (rare words weigh more, words in no document most) and, with an
/// encoder, its similarity of meaning (a cosine of 0.3 counts as 0, one of 0.75 as 100). Answers
/// without a passage, or whose model finds no answer in the passages, have confidence 0 and are not
/// cacheable.
public final class RagPipeline implements AnswerPipeline {

  static final String EXTRACTIVE = "extractive";
  static final String UNKNOWN = "I do not know: the documents do not say.";

  private static final int PERCENT = 100;

  /// The most passages of an answer without a model, which must score nearly as well as the best.
  private static final int MAX_QUOTES = 3;

  private static final double NEARLY_AS_GOOD = 0.8;

  private final PassageIndex index;
  private final @Nullable ChatModel chat;
  private final int passages;

  RagPipeline(PassageIndex index, @Nullable ChatModel chat, int passages) {
    this.index = index;
    this.chat = chat;
    this.passages = passages;
  }

  /// A pipeline over these documents and their later changes. Reads nothing before the first
  /// question.
  public static AnswerPipeline of(AnswerDocuments documents, RagSettings settings, Time time) {
    var chat = settings.chat();
    return new RagPipeline(
        new PassageIndex(documents, settings.encoder(), time),
        chat == null ? null : new ChatModel(chat, time),
        settings.passages());
  }

  /// Model, prompt and encoder. Not the documents: a change of one makes only the answers based on
  /// it stale.
  @Override
  public String version() {
    return (chat == null ? EXTRACTIVE : chat.id() + '/' + RagPrompt.VERSION)
        + '/'
        + passages
        + '/'
        + index.version();
  }

  @Override
  public Answer answer(String question, String scope) throws InterruptedException {
    var hits = index.search(question, scope, passages);
    if (hits.isEmpty()) {
      return unknown(chat == null ? EXTRACTIVE : chat.id(), hits, "no passage found");
    }
    return chat == null ? quote(hits) : ask(chat, question, hits);
  }

  private static Answer quote(List<Hit> hits) {
    double minimum = best(hits) * NEARLY_AS_GOOD;
    var used =
        hits.stream()
            .filter(hit -> hit.score() >= minimum)
            .sorted(bestFirst(hits))
            .limit(MAX_QUOTES)
            .toList();
    var text = used.stream().map(hit -> hit.passage().text()).collect(Collectors.joining("\n\n"));
    return new Answer(text, sources(used), confidence(used), EXTRACTIVE, "");
  }

  /// By score, then by the passage's own score, then in the order of the document, since documents
  /// explain first.
  private static Comparator<Hit> bestFirst(List<Hit> hits) {
    var documents = hits.stream().map(hit -> hit.passage().document()).distinct().toList();
    return Comparator.comparingDouble(Hit::score)
        .thenComparingDouble(Hit::ownScore)
        .reversed()
        .thenComparingInt(hit -> documents.indexOf(hit.passage().document()))
        .thenComparingLong(Hit::position);
  }

  private static Answer ask(ChatModel chat, String question, List<Hit> hits)
      throws InterruptedException {
    var reply = chat.ask(RagPrompt.RULES, RagPrompt.of(question, hits));
    if (RagPrompt.isNoAnswer(reply.text())) {
      return unknown(reply.model(), hits, "the passages do not contain the answer");
    }
    return new Answer(
        reply.text(),
        sources(hits),
        confidence(hits),
        reply.model(),
        reply.complete() ? "" : "the model reached its maximum length");
  }

  private static Answer unknown(String model, List<Hit> hits, String why) {
    return new Answer(UNKNOWN, sources(hits), 0, model, why);
  }

  /// In the order of their numbers in the prompt.
  private static List<Answer.Source> sources(List<Hit> hits) {
    return hits.stream().map(RagPipeline::source).toList();
  }

  private static Answer.Source source(Hit hit) {
    var document = hit.passage().document();
    return new Answer.Source(
        document.id(), document.version(), document.title(), hit.passage().text(), hit.score());
  }

  private static int confidence(List<Hit> hits) {
    return (int) Math.round(PERCENT * best(hits));
  }

  private static double best(List<Hit> hits) {
    return hits.stream().mapToDouble(Hit::score).max().orElse(0);
  }
}
