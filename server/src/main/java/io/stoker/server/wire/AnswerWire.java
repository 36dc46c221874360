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

  /// A question, written as an object or as text.
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

  /// Options of a batch. Null means the default.
  ///
  /// @param duplicates `skip` or `keep`
  public record Options(
      @Nullable String name,
      @Nullable String scope,
      @Nullable String duplicates,
      @Nullable Boolean onlyStale) {

    public static final Options NONE = new Options(null, null, null, null);

    /// Validates the options.
    ///
    /// @throws InvalidValueException if one is invalid
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

  /// A request to change the state of a batch.
  ///
  /// @param reason for the history; null for none
  /// @param which for a retry: `failed`, `skipped` or `both`; null for both
  public record Move(@Nullable String reason, @Nullable String which) {}

  /// A question of a user.
  public record Ask(@Nullable String question, @Nullable String scope) {}

  /// A document as text.
  public record NewDocument(
      @Nullable String id, @Nullable String title, @Nullable String scope, @Nullable String text) {}

  /// A token to sign in with.
  public record SignIn(@Nullable String token) {}

  /// Whether a token is needed, and whether the caller has one.
  ///
  /// @param role the caller's role; null if anonymous
  /// @param name the name of the caller's token; null if anonymous
  public record SignedIn(
      boolean tokenNeeded, boolean signedIn, @Nullable String role, @Nullable String name) {}

  // --- the queue ---

  /// A skipped line of a list of questions, with the reason.
  public record Skipped(int line, String text, String reason) {

    static List<Skipped> of(QuestionList list) {
      return list.skipped().stream()
          .limit(MOST_SKIPPED)
          .map(line -> new Skipped(line.line(), line.text(), line.reason()))
          .toList();
    }
  }

  /// A preview of the questions in a list.
  ///
  /// @param questions the first 50 questions
  /// @param aliases total number of other wordings
  /// @param skippedTotal number of all skipped lines, of which `skipped` has the first 1000
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

  /// A batch.
  ///
  /// @param etaSeconds estimated time to its end at the current rate; null if unknown
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

    /// The rate is counted in intervals: n answers have n - 1 of them.
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

  /// A new or extended batch, with the skipped lines of its list.
  public record Queued(
      @JsonUnwrapped Batch batch, List<Skipped> skippedLines, int skippedLinesTotal) {

    public static Queued of(io.stoker.answers.Batch batch, QuestionList list, Instant now) {
      return new Queued(Batch.of(batch, now), Skipped.of(list), list.skipped().size());
    }
  }

  /// A batch with its history.
  ///
  /// @param waiting why no question is started although the batch is not paused; null if not
  ///   waiting
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

  /// Why this process currently starts no questions.
  ///
  /// @param code `pipeline-down`, `rate-limited` or `store-down`
  /// @param message the reason and the next try as text
  /// @param nextTry null if unknown
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

  /// Whether this process starts questions.
  ///
  /// @param waiting null if it does
  public record Held(@Nullable Waiting waiting) {}

  /// A change of a batch, in its history.
  public record Change(Instant at, String what, String reason, String status) {

    static Change of(io.stoker.answers.Batch.Change change) {
      return new Change(change.at(), change.what(), change.reason(), change.state().label());
    }
  }

  /// A page of batches, newest first.
  ///
  /// @param nextCursor the cursor of the next page; null on the last one
  /// @param waiting why no question is started; null if not waiting
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
  /// @param aliases other wordings that find the same answer
  /// @param error why it failed, was skipped or is retried; null if none of these
  /// @param tookMs duration of the last attempt; null while it has not ended
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

  /// A question with its cached answer.
  public record QueryPage(@JsonUnwrapped Query query, CacheWire.@Nullable Entry answer) {

    public static QueryPage of(io.stoker.answers.Question query, @Nullable CachedAnswer answer) {
      return new QueryPage(Query.of(query), answer == null ? null : CacheWire.Entry.of(answer));
    }
  }

  /// A page of a batch's questions, in their order.
  public record Queries(List<Query> queries, @Nullable Long nextCursor) {

    public static Queries of(io.stoker.answers.Page<io.stoker.answers.Question> page) {
      return new Queries(page.items().stream().map(Query::of).toList(), page.next());
    }
  }

  // --- events ---

  /// The progress of a batch.
  ///
  /// @param current a question in progress; null for none
  /// @param fullState true if events since the viewer's last one are no longer in the log
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Progress(
      @JsonUnwrapped Batch batch, @Nullable String current, @Nullable Boolean fullState) {}

  /// A deleted batch.
  public record Deleted(long batchId) {}

  // --- settings ---

  /// The settings that can be changed at run time.
  ///
  /// @param warmingDelay a worker's pause after each answer
  /// @param perMinute maximum number of questions started a minute by all processes; null for no
  ///   limit
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

    /// Validates the settings.
    ///
    /// @throws InvalidValueException if one is invalid
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

    public static Document whole(AnswerDocuments.Document document) {
      return of(document, document.text());
    }

    /// Without its text.
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
