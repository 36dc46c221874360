package io.stoker.server.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerSettings;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.BatchOptions;
import io.stoker.answers.CachedAnswer;
import io.stoker.answers.QuestionList;
import io.stoker.answers.QuestionState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JSON of answers, with the conventions of [SessionWire].
public final class AnswerWire {

  private static final int MOST_SHOWN = 50;
  private static final int MOST_SKIPPED = 1000;

  private AnswerWire() {}

  // --- requests ---

  /// Questions to queue, or to add to a batch.
  public record Questions(
      @Nullable List<@Nullable NewQuestion> queries, @Nullable Options options) {}

  /// A question: an object, or its text alone.
  ///
  /// @param aliases other wordings that mean the same; null for none
  public record NewQuestion(@Nullable String question, @Nullable List<@Nullable String> aliases) {

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public NewQuestion {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static NewQuestion of(String text) {
      return new NewQuestion(text, null);
    }
  }

  /// How they are to be answered; what is missing is as usual.
  ///
  /// @param duplicates `skip` or `keep`
  public record Options(
      @Nullable String name,
      @Nullable String scope,
      @Nullable String duplicates,
      @Nullable Boolean onlyStale) {

    /// Nothing unusual.
    public static final Options NONE = new Options(null, null, null, null);

    /// The options themselves.
    ///
    /// @throws InvalidValueException if one makes no sense
    public BatchOptions options() {
      try {
        return new BatchOptions(
            name == null ? "" : name.strip(),
            scope == null ? "" : scope.strip(),
            keepsDuplicates(),
            onlyStale != null && onlyStale);
      } catch (IllegalArgumentException e) {
        throw new InvalidValueException("options", String.valueOf(e.getMessage()));
      }
    }

    private boolean keepsDuplicates() {
      return switch (duplicates) {
        case null -> false;
        case "skip" -> false;
        case "keep" -> true;
        default ->
            throw new InvalidValueException(
                "duplicates", "expected skip or keep, got \"" + duplicates + "\"");
      };
    }
  }

  /// A move of a batch.
  ///
  /// @param reason what for; null if nobody says
  /// @param which for a retry: `failed`, `skipped` or `both`; null for both
  public record Move(@Nullable String reason, @Nullable String which) {}

  /// A question of a user.
  public record Ask(@Nullable String question, @Nullable String scope) {}

  /// A document as text.
  public record NewDocument(
      @Nullable String id, @Nullable String title, @Nullable String scope, @Nullable String text) {}

  /// A token to sign in with.
  public record SignIn(@Nullable String token) {}

  /// Whether a token is needed, and who asks.
  ///
  /// @param role what they may do; null for a stranger
  /// @param name what their token is called; null for a stranger
  public record SignedIn(
      boolean tokenNeeded, boolean signedIn, @Nullable String role, @Nullable String name) {}

  // --- the queue ---

  /// A line of a list that is not queued, and why.
  public record Skipped(int line, String text, String reason) {

    static List<Skipped> of(QuestionList list) {
      return list.skipped().stream()
          .limit(MOST_SKIPPED)
          .map(line -> new Skipped(line.line(), line.text(), line.reason()))
          .toList();
    }
  }

  /// What a list would queue.
  ///
  /// @param questions the first of them
  /// @param aliases how many other wordings they all have
  /// @param skippedTotal how many lines would not be, in case `skipped` has only the first
  public record Preview(
      int total, List<String> questions, int aliases, List<Skipped> skipped, int skippedTotal) {

    public static Preview of(QuestionList list) {
      return new Preview(
          list.questions().size(),
          list.questions().stream().limit(MOST_SHOWN).toList(),
          list.wordings().values().stream().mapToInt(List::size).sum(),
          Skipped.of(list),
          list.skipped().size());
    }
  }

  /// A batch as it stands.
  ///
  /// @param etaSeconds how long it may still take at the pace so far; null if nobody can know
  public record Batch(
      long batchId,
      long id,
      String name,
      String scope,
      String status,
      long total,
      long processed,
      long completed,
      long failed,
      long skipped,
      long cancelled,
      double percent,
      @Nullable Long etaSeconds,
      String duplicates,
      boolean onlyStale,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      String reason) {

    public static Batch of(io.stoker.answers.Batch batch, Instant now) {
      var counts = batch.counts();
      return new Batch(
          batch.id(),
          batch.id(),
          batch.options().name(),
          batch.options().scope(),
          batch.state().label(),
          counts.total(),
          counts.processed(),
          counts.completed(),
          counts.failed(),
          counts.skipped(),
          counts.cancelled(),
          rounded(counts.percent()),
          eta(batch, now),
          batch.options().keepDuplicates() ? "keep" : "skip",
          batch.options().onlyStale(),
          batch.createdAt(),
          batch.startedAt(),
          batch.endedAt(),
          batch.reason());
    }

    /// Between n answers lie n - 1 rests.
    private static @Nullable Long eta(io.stoker.answers.Batch batch, Instant now) {
      var counts = batch.counts();
      var started = batch.startedAt();
      return switch (batch.state()) {
        case PENDING, PAUSED -> null;
        case RUNNING ->
            started == null || counts.processed() < 2
                ? null
                : Duration.between(started, now)
                    .multipliedBy(counts.open())
                    .dividedBy(counts.processed() - 1)
                    .toSeconds();
        case COMPLETED, COMPLETED_WITH_ERRORS, CANCELLED -> 0L;
      };
    }

    private static double rounded(double percent) {
      return Math.round(percent * 10) / 10.0;
    }
  }

  /// A batch that was queued or has grown, and the lines of its list that were left out.
  public record Queued(
      @JsonUnwrapped Batch batch, List<Skipped> skippedLines, int skippedLinesTotal) {

    public static Queued of(io.stoker.answers.Batch batch, QuestionList list, Instant now) {
      return new Queued(Batch.of(batch, now), Skipped.of(list), list.skipped().size());
    }
  }

  /// A batch with what was done to it.
  ///
  /// @param waiting why nothing of it is begun though it is not paused; null if something is
  public record BatchPage(
      @JsonUnwrapped Batch batch, @Nullable Waiting waiting, List<Change> history) {

    public static BatchPage of(
        io.stoker.answers.Batch batch,
        AnswerWorker.@Nullable Wait wait,
        List<io.stoker.answers.Batch.Change> history,
        Instant now) {
      return new BatchPage(
          Batch.of(batch, now),
          isHeldUp(batch) ? Waiting.of(wait, now) : null,
          history.stream().map(Change::of).toList());
    }

    private static boolean isHeldUp(io.stoker.answers.Batch batch) {
      return switch (batch.state()) {
        case PENDING, RUNNING -> true;
        case PAUSED, COMPLETED, COMPLETED_WITH_ERRORS, CANCELLED -> false;
      };
    }
  }

  /// Why this process begins no question for the moment.
  ///
  /// @param code `pipeline-down`, `rate-limited` or `store-down`
  /// @param message all of it for people
  /// @param nextTry null if that cannot be said
  public record Waiting(
      String code, String message, Instant since, @Nullable Instant nextTry, String lastError) {

    public static @Nullable Waiting of(AnswerWorker.@Nullable Wait wait, Instant now) {
      return wait == null
          ? null
          : new Waiting(
              wait.cause().label(),
              wait.message(now),
              wait.since(),
              wait.nextTry(),
              wait.lastError());
    }
  }

  /// Whether this process begins questions.
  ///
  /// @param waiting null if it does
  public record Held(@Nullable Waiting waiting) {}

  /// Something that was done to a batch.
  public record Change(Instant at, String what, String reason, String status) {

    static Change of(io.stoker.answers.Batch.Change change) {
      return new Change(change.at(), change.what(), change.reason(), change.state().label());
    }
  }

  /// Some batches, the newest first.
  ///
  /// @param nextCursor what to ask the next part with; null if there is none
  /// @param waiting why nothing is begun; null if something is
  public record Batches(List<Batch> batches, @Nullable Long nextCursor, @Nullable Waiting waiting) {

    public static Batches of(
        io.stoker.answers.Page<io.stoker.answers.Batch> page,
        AnswerWorker.@Nullable Wait wait,
        Instant now) {
      return new Batches(
          page.items().stream().map(batch -> Batch.of(batch, now)).toList(),
          page.next(),
          Waiting.of(wait, now));
    }
  }

  /// One question of a batch.
  ///
  /// @param aliases other wordings under which its answer is to be found as well
  /// @param error why it failed, was left out, or waits for another try; null for nothing
  /// @param tookMs how long its last try took; null while it has not ended
  public record Query(
      long id,
      long batchId,
      int position,
      String text,
      List<String> aliases,
      String status,
      @Nullable String outcome,
      int attempts,
      @Nullable String error,
      @Nullable Instant notBefore,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Long tookMs) {

    public static Query of(io.stoker.answers.Question query) {
      var outcome = query.outcome();
      var started = query.startedAt();
      var ended = query.endedAt();
      return new Query(
          query.id(),
          query.batchId(),
          query.position(),
          query.text(),
          query.wordings(),
          query.state().label(),
          outcome == null ? null : outcome.label(),
          query.attempts(),
          query.detail().isEmpty() ? null : query.detail(),
          query.state() == QuestionState.PENDING ? query.notBefore() : null,
          started,
          ended,
          started == null || ended == null ? null : Duration.between(started, ended).toMillis());
    }
  }

  /// One question with the answer that the cache holds for it.
  public record QueryPage(@JsonUnwrapped Query query, CacheWire.@Nullable Entry answer) {

    public static QueryPage of(io.stoker.answers.Question query, @Nullable CachedAnswer answer) {
      return new QueryPage(Query.of(query), answer == null ? null : CacheWire.Entry.of(answer));
    }
  }

  /// Some queries of a batch, in their order.
  public record Queries(List<Query> queries, @Nullable Long nextCursor) {

    public static Queries of(io.stoker.answers.Page<io.stoker.answers.Question> page) {
      return new Queries(page.items().stream().map(Query::of).toList(), page.next());
    }
  }

  // --- events ---

  /// How a batch goes.
  ///
  /// @param current a question that is being answered; null if none is
  /// @param fullState true if lines of the log between this and what the viewer saw last are gone
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Progress(
      @JsonUnwrapped Batch batch, @Nullable String current, @Nullable Boolean fullState) {}

  /// A batch that is no more.
  public record Deleted(long batchId) {}

  // --- settings ---

  /// How answers are warmed and kept.
  ///
  /// @param warmingDelay how long a worker rests after each answer
  /// @param perMinute how many questions all processes may begin in a minute; null for any number
  public record Rules(
      int concurrency,
      Duration warmingDelay,
      @Nullable Integer perMinute,
      Duration lease,
      List<Duration> retries,
      Duration timeToLive,
      long mostEntries,
      int minimumConfidence,
      int warmTop) {

    public static Rules of(AnswerSettings settings) {
      return new Rules(
          settings.concurrency(),
          settings.delay(),
          settings.perMinute(),
          settings.lease(),
          settings.retries(),
          settings.timeToLive(),
          settings.maxEntries(),
          settings.minimumConfidence(),
          settings.warmTop());
    }

    /// The settings themselves.
    ///
    /// @throws InvalidValueException if one makes no sense
    public AnswerSettings settings() {
      try {
        return new AnswerSettings(
            concurrency,
            warmingDelay,
            perMinute,
            lease,
            retries,
            timeToLive,
            mostEntries,
            minimumConfidence,
            warmTop);
      } catch (IllegalArgumentException e) {
        throw new InvalidValueException("settings", String.valueOf(e.getMessage()));
      }
    }
  }

  // --- documents ---

  /// A document of the corpus.
  ///
  /// @param text null in lists
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Document(
      String id,
      long version,
      String title,
      String scope,
      int characters,
      Instant changedAt,
      @Nullable String text) {

    /// With its text.
    public static Document whole(AnswerDocuments.Document document) {
      return of(document, document.text());
    }

    /// Without.
    public static Document listed(AnswerDocuments.Document document) {
      return of(document, null);
    }

    private static Document of(AnswerDocuments.Document document, @Nullable String text) {
      return new Document(
          document.id(),
          document.version(),
          document.title(),
          document.scope(),
          document.text().length(),
          document.changedAt(),
          text);
    }
  }
}
