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

/// Answers from documents: finds the passages that fit the question, and has a model word the
/// answer from them or, without a model, gives the best of them word for word.
///
/// An answer's confidence is the fit of its best passage in percent: the greater of two shares, of
/// the question's telling words that the passage holds (rare words count more, and those that no
/// document holds most), and, with an encoder, of how near its meaning is (a cosine of 0.3 is 0,
/// one of 0.75 is 100). It is 0 if no passage was found or the model does not find the answer in
/// them; such an answer is not to be cached either. Thread-safe.
public final class RagPipeline implements AnswerPipeline {

  static final String EXTRACTIVE = "extractive";
  static final String UNKNOWN = "I do not know: the documents do not say.";

  private static final int PERCENT = 100;

  /// How many passages an answer without a model is made of at the most, and how much worse than
  /// the best they may fit.
  private static final int EXTRACTS = 3;

  private static final double NEARLY_AS_GOOD = 0.8;

  private final PassageIndex index;
  private final @Nullable ChatModel chat;
  private final int passages;

  RagPipeline(PassageIndex index, @Nullable ChatModel chat, int passages) {
    this.index = index;
    this.chat = chat;
    this.passages = passages;
  }

  /// A pipeline that answers from documents, and follows their changes. Reads nothing before the
  /// first question.
  public static AnswerPipeline of(AnswerDocuments documents, RagSettings settings, Time time) {
    var chat = settings.chat();
    return new RagPipeline(
        new PassageIndex(documents, settings.encoder(), time),
        chat == null ? null : new ChatModel(chat, time),
        settings.passages());
  }

  /// Model, prompt and encoder. A document that changes makes the answers that rest on it stale,
  /// and no others.
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
    return chat == null ? extract(hits) : ask(chat, question, hits);
  }

  private static Answer extract(List<Hit> hits) {
    double least = best(hits) * NEARLY_AS_GOOD;
    var used =
        hits.stream()
            .filter(hit -> hit.fit() >= least)
            .sorted(mostTelling(hits))
            .limit(EXTRACTS)
            .toList();
    var text = used.stream().map(hit -> hit.passage().text()).collect(Collectors.joining("\n\n"));
    return new Answer(text, sources(used), confidence(used), EXTRACTIVE, "");
  }

  /// Of passages that fit equally, those come first that have the question's words for themselves;
  /// then, as documents explain before they go on, those that their document has first.
  private static Comparator<Hit> mostTelling(List<Hit> hits) {
    var documents = hits.stream().map(hit -> hit.passage().document()).distinct().toList();
    return Comparator.comparingDouble(Hit::fit)
        .thenComparingDouble(Hit::own)
        .reversed()
        .thenComparingInt(hit -> documents.indexOf(hit.passage().document()))
        .thenComparingLong(Hit::place);
  }

  private static Answer ask(ChatModel chat, String question, List<Hit> hits)
      throws InterruptedException {
    var reply = chat.ask(RagPrompt.RULES, RagPrompt.of(question, hits));
    if (RagPrompt.isUnknown(reply.text())) {
      return unknown(reply.model(), hits, "the passages do not hold the answer");
    }
    return new Answer(
        reply.text(),
        sources(hits),
        confidence(hits),
        reply.model(),
        reply.complete() ? "" : "the model broke off at its longest answer");
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
        document.id(), document.version(), document.title(), hit.passage().text(), hit.fit());
  }

  private static int confidence(List<Hit> hits) {
    return (int) Math.round(PERCENT * best(hits));
  }

  private static double best(List<Hit> hits) {
    return hits.stream().mapToDouble(Hit::fit).max().orElse(0);
  }
}
