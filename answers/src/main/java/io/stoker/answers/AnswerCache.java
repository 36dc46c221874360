package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.CallException;
import io.stoker.Digests;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerEntries.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers questions from the cache, or through the pipeline where there is nothing to serve yet.
///
/// An answer's key is a digest of the question's normal form, the scope and the pipeline's version;
/// it may have further keys, one for each other wording that was warmed with it. Of several callers
/// with the same question only one calls the pipeline, and all get what it brings, an answer that
/// cannot be kept and a failure as well. Warming bypasses the read side, and an old answer is
/// served until the new one takes its place in one step. Thread-safe.
public final class AnswerCache {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerCache.class);
  private static final int MAX_UNCOUNTED = 10_000;
  private static final int TRIES_PER_VERSION = 3;

  private final AnswerEntries entries;
  private final AnswerPipeline pipeline;
  private final Supplier<AnswerSettings> settings;
  private final Time time;
  private final @Nullable SimilarQuestionIndex similar;
  private final ConcurrentLinkedQueue<Ask> uncounted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger uncountedSize = new AtomicInteger();
  private volatile Runnable answered = () -> {};
  private final Map<String, CompletableFuture<Fresh>> calls = new ConcurrentHashMap<>();

  /// A cache in front of a pipeline that serves an answer only for the question it was stored for.
  ///
  /// @param settings read again for every answer
  public AnswerCache(
      AnswerStore store, AnswerPipeline pipeline, Supplier<AnswerSettings> settings, Time time) {
    this(store, pipeline, settings, time, null);
  }

  /// A cache that also serves an answer for another wording of its question.
  ///
  /// @param settings read again for every answer
  /// @param encoder what finds other wordings; null for nothing
  public AnswerCache(
      AnswerStore store,
      AnswerPipeline pipeline,
      Supplier<AnswerSettings> settings,
      Time time,
      @Nullable Encoder encoder) {
    this.entries = store.entries();
    this.pipeline = pipeline;
    this.settings = settings;
    this.time = time;
    this.similar = encoder == null ? null : new SimilarQuestionIndex(encoder);
  }

  /// What a caller gets.
  ///
  /// @param cached whether it came from the cache
  /// @param matched the question it was stored for, if that was worded in another way; null if not
  /// @param age how long ago the pipeline gave it
  /// @param score how alike an encoder finds the two questions, from 0 to 1; null without an
  ///   encoder
  public record Reply(
      Answer answer,
      boolean cached,
      @Nullable String matched,
      Duration age,
      Instant storedAt,
      @Nullable Double score) {}

  /// What became of a question that was warmed.
  ///
  /// @param detail why, in few words; empty for nothing
  record WarmResult(AnswerOutcome outcome, String detail) {}

  /// Sets what runs whenever the pipeline has answered a question, of the queue or of a caller.
  void onPipelineAnswer(Runnable listener) {
    answered = listener;
  }

  /// Answers a question.
  ///
  /// @param scope whose answers may be served; empty for everybody's
  /// @throws CallException if there is nothing to serve and the pipeline has no answer
  /// @throws StokerException if the store does not answer
  public Reply ask(String question, String scope) throws InterruptedException {
    var key = key(question, scope);
    while (true) {
      var hit = servable(key);
      if (hit.isPresent()) {
        return served(hit.get(), question, scope, key);
      }
      var other = similar(question, scope);
      if (other.isPresent()) {
        return other.get();
      }
      var call = new CompletableFuture<Fresh>();
      var underWay = calls.putIfAbsent(key, call);
      var fresh = underWay == null ? lead(call, question, scope, key) : follow(underWay);
      if (fresh.isPresent()) {
        var stored = underWay == null ? Optional.<CachedAnswer>empty() : servable(key);
        return stored.isPresent()
            ? served(stored.get(), question, scope, key)
            : reply(fresh.get(), question, scope);
      }
    }
  }

  private Reply served(CachedAnswer hit, String question, String scope, String key) {
    // What is asked in another wording counts as the question itself, or that would be warmed
    // twice.
    boolean isWording = !hit.key().equals(key);
    count(isWording ? hit.question() : question, scope, hit.key());
    return reply(hit, question, null);
  }

  /// Calls the pipeline for all who ask the same meanwhile; nothing if somebody has just done so.
  private Optional<Fresh> lead(
      CompletableFuture<Fresh> call, String question, String scope, String key)
      throws InterruptedException {
    try {
      if (servable(key).isPresent()) {
        return Optional.empty();
      }
      var fresh = fresh(question, scope, key);
      call.complete(fresh);
      return Optional.of(fresh);
    } catch (RuntimeException | Error e) {
      call.completeExceptionally(e);
      throw e;
    } finally {
      calls.remove(key, call);
      call.cancel(false);
    }
  }

  /// What the call of another caller brings; nothing if that caller gave up.
  private static Optional<Fresh> follow(CompletableFuture<Fresh> call) throws InterruptedException {
    try {
      return Optional.of(call.get());
    } catch (CancellationException _) {
      return Optional.empty();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default ->
            throw new IllegalStateException(
                "expected an answer or an unchecked failure, got another", e);
      }
    }
  }

  private Reply reply(Fresh fresh, String asked, String scope) {
    count(fresh.question, scope, null);
    var matched = fresh.question.equals(asked) ? null : fresh.question;
    var age = Duration.between(fresh.at, time.now());
    return new Reply(
        fresh.answer, false, matched, age.isNegative() ? Duration.ZERO : age, fresh.at, null);
  }

  private Optional<Reply> similar(String question, String scope) {
    if (similar == null) {
      return Optional.empty();
    }
    var version = pipeline.version();
    var match =
        similar.find(question, scope, (other, key) -> key(other, scope, version).equals(key));
    if (match.isEmpty()) {
      return Optional.empty();
    }
    var key = match.get().key();
    var hit = servable(key);
    if (hit.isEmpty()) {
      similar.forget(key);
      return Optional.empty();
    }
    count(question, scope, key);
    return Optional.of(reply(hit.get(), question, match.get().score()));
  }

  /// The answer that a question would be served just now, if any. Counts nothing.
  public Optional<CachedAnswer> find(String question, String scope) {
    return servable(key(question, scope));
  }

  /// Deletes answers to which all that is given applies.
  ///
  /// @param document only those that rest on it; null for all
  /// @param scope only those of this scope; null for all
  /// @param question only its answer, in whatever wording, in the scope given or else in
  ///   everybody's; null for all
  /// @return how many there were
  public long invalidate(
      @Nullable String document, @Nullable String scope, @Nullable String question) {
    if (question == null) {
      return entries.delete(document, scope, null);
    }
    var key = key(question, scope == null ? "" : scope);
    return entries.delete(document, scope, entries.get(key).map(CachedAnswer::key).orElse(key));
  }

  /// The other wordings of a question that has an answer, though it may have expired.
  List<String> wordings(String question, String scope) {
    return own(key(question, scope)).map(CachedAnswer::wordings).orElse(List.of());
  }

  /// Asks the pipeline and keeps the answer, whether or not there is one already.
  ///
  /// @param onlyStale whether to leave an answer alone that is still fresh
  WarmResult warm(String question, String scope, boolean onlyStale) throws InterruptedException {
    return warm(question, List.of(), scope, onlyStale);
  }

  /// Asks the pipeline and keeps the answer, to be found under other wordings as well.
  ///
  /// @param wordings other wordings instead of those it had; if there are none, it keeps what it
  ///   had
  WarmResult warm(String question, List<String> wordings, String scope, boolean onlyStale)
      throws InterruptedException {
    var version = pipeline.version();
    var key = key(question, scope, version);
    var fresh =
        onlyStale
            ? own(key).filter(old -> isServed(old) && !old.stale())
            : Optional.<CachedAnswer>empty();
    if (fresh.isEmpty()) {
      return keep(wordings, scope, current(question, scope));
    }
    if (!wordings.isEmpty() && !wordings.equals(fresh.get().wordings())) {
      entries.setWordings(key, wordings, wordingKeys(key, wordings, scope, version));
    }
    return new WarmResult(AnswerOutcome.ALREADY_FRESH, "");
  }

  /// An answer whose time is over still tells of what question this is another wording.
  private Fresh fresh(String asked, String scope, String key) throws InterruptedException {
    var question =
        entries
            .get(key)
            .filter(old -> !old.key().equals(key))
            .map(CachedAnswer::question)
            .orElse(asked);
    var fresh = current(question, scope);
    keep(List.of(), scope, fresh);
    return fresh;
  }

  /// An answer of the pipeline, and the version of the pipeline that gave it.
  private record Fresh(String question, Answer answer, String version, Instant at) {}

  /// Asks again if the pipeline's version changed meanwhile: an answer of the old version would be
  /// stored under a key that is not read any more.
  private Fresh current(String question, String scope) throws InterruptedException {
    for (int i = 1; ; i++) {
      var version = pipeline.version();
      var answer = pipeline.answer(question, scope);
      answered.run();
      if (i == TRIES_PER_VERSION || version.equals(pipeline.version())) {
        return new Fresh(question, answer, version, time.now());
      }
    }
  }

  private WarmResult keep(List<String> wordings, String scope, Fresh fresh) {
    var answer = fresh.answer;
    if (!answer.notCacheable().isEmpty()) {
      return new WarmResult(AnswerOutcome.NOT_CACHEABLE, answer.notCacheable());
    }
    var now = settings.get();
    if (answer.confidence() < now.minimumConfidence()) {
      return new WarmResult(
          AnswerOutcome.LOW_CONFIDENCE,
          "confidence " + answer.confidence() + " is below " + now.minimumConfidence());
    }
    var key = key(fresh.question, scope, fresh.version);
    boolean replaced =
        entries.put(
            new CachedAnswer(
                key,
                fresh.question,
                scope,
                wordings,
                answer,
                fresh.at,
                fresh.at.plus(now.timeToLive()),
                false,
                0),
            wordingKeys(key, wordings, scope, fresh.version));
    return new WarmResult(replaced ? AnswerOutcome.REFRESHED : AnswerOutcome.STORED, "");
  }

  private List<String> wordingKeys(
      String ownKey, List<String> wordings, String scope, String version) {
    return wordings.stream()
        .map(wording -> key(wording, scope, version))
        .filter(key -> !key.equals(ownKey))
        .distinct()
        .toList();
  }

  private Optional<CachedAnswer> servable(String key) {
    return entries.get(key).filter(this::isServed);
  }

  private boolean isServed(CachedAnswer cached) {
    return cached.expiresAt().isAfter(time.now());
  }

  /// Not one of another question whose other wording this is.
  private Optional<CachedAnswer> own(String key) {
    return entries.get(key).filter(cached -> cached.key().equals(key));
  }

  private Reply reply(CachedAnswer cached, String question, @Nullable Double score) {
    var age = Duration.between(cached.storedAt(), time.now());
    var matched = cached.question().equals(question) ? null : cached.question();
    return new Reply(
        cached.answer(),
        true,
        matched,
        age.isNegative() ? Duration.ZERO : age,
        cached.storedAt(),
        score);
  }

  private void count(String question, String scope, @Nullable String hitKey) {
    if (uncountedSize.incrementAndGet() > MAX_UNCOUNTED) {
      uncountedSize.decrementAndGet();
      return; // the store has not taken any for long; statistics are not worth the memory
    }
    uncounted.add(
        new Ask(time.now(), question, QuestionNormalizer.normal(question), scope, hitKey));
  }

  /// Learns of new answers, if other wordings are looked for. Called from time to time by
  /// [AnswerMaintenance].
  void refreshIndex() {
    if (similar != null) {
      similar.refreshIndex(entries, pipeline.version());
    }
  }

  /// Writes down what was asked since the last time. Called from time to time by
  /// [AnswerMaintenance], so that nobody who asks waits for it.
  void flushStatistics() {
    var batch = new ArrayList<Ask>();
    for (var ask = uncounted.poll(); ask != null; ask = uncounted.poll()) {
      uncountedSize.decrementAndGet();
      batch.add(ask);
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      entries.recordAsks(batch);
    } catch (StokerException e) {
      LOG.warn("{} questions were answered, but not counted: {}", batch.size(), e.getMessage());
    }
  }

  private String key(String question, String scope) {
    return key(question, scope, pipeline.version());
  }

  /// 128 bits of SHA-256, in hexadecimal, over the parts with their lengths.
  private static String key(String question, String scope, String version) {
    var digest = Digests.sha256();
    for (var part : List.of(QuestionNormalizer.normal(question), scope, version)) {
      var bytes = part.getBytes(UTF_8);
      digest.update((bytes.length + ":").getBytes(UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }
}
