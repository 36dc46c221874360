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
import java.util.HashMap;
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

/// A read-through cache of answers: serves stored ones, and calls the pipeline for the rest.
///
/// The cache key is a digest of the question's normal form, the scope and the pipeline's version;
/// an answer has further keys for its other wordings. Concurrent callers with the same question
/// share one call of the pipeline and its result, even if that is a failure or an answer that
/// cannot be cached. Warming skips the lookup; the old answer is served until it is atomically
/// replaced. Thread-safe.
public final class AnswerCache {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerCache.class);
  private static final int MAX_PENDING_ASKS = 10_000;
  private static final int MAX_VERSION_CHANGES = 3;

  private final AnswerEntries entries;
  private final AnswerPipeline pipeline;
  private final Supplier<AnswerSettings> settings;
  private final Time time;
  private final @Nullable SimilarQuestionIndex similar;
  private final ConcurrentLinkedQueue<Ask> pendingAsks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pendingAskCount = new AtomicInteger();
  private volatile Runnable answered = () -> {};
  private final Map<String, CompletableFuture<PipelineAnswer>> calls = new ConcurrentHashMap<>();

  /// A cache that serves an answer only for its own question and wordings.
  ///
  /// @param settings read again for every answer
  public AnswerCache(
      AnswerStore store, AnswerPipeline pipeline, Supplier<AnswerSettings> settings, Time time) {
    this(store, pipeline, settings, time, null);
  }

  /// A cache that also serves an answer for similar questions.
  ///
  /// @param settings read again for every answer
  /// @param encoder finds similar questions; null to not look for them
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

  /// The reply to a caller.
  ///
  /// @param cached whether the answer came from the cache
  /// @param matched the question it was stored for; null if the caller used the same words
  /// @param age the time since the pipeline returned it
  /// @param score similarity of the two questions, from 0 to 1; null unless the answer was found by
  ///   similarity
  public record Reply(
      Answer answer,
      boolean cached,
      @Nullable String matched,
      Duration age,
      Instant storedAt,
      @Nullable Double score) {}

  /// How a question was warmed.
  ///
  /// @param detail the reason; empty for none
  record WarmResult(AnswerOutcome outcome, String detail) {}

  /// Sets a listener for answers of the pipeline, to the queue as well as to callers.
  void onPipelineAnswer(Runnable listener) {
    answered = listener;
  }

  /// Answers a question.
  ///
  /// @param scope of the answers that may be served; empty for those that everybody may see
  /// @throws CallException if nothing is cached and the pipeline has no answer
  /// @throws StokerException if the store fails
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
      var call = new CompletableFuture<PipelineAnswer>();
      var running = calls.putIfAbsent(key, call);
      var fresh = running == null ? askOnce(call, question, scope, key) : await(running);
      if (fresh.isPresent()) {
        var stored = running == null ? Optional.<CachedAnswer>empty() : servable(key);
        return stored.isPresent()
            ? served(stored.get(), question, scope, key)
            : reply(fresh.get(), question, scope);
      }
    }
  }

  private Reply served(CachedAnswer hit, String question, String scope, String key) {
    // Counts for the question itself, which would be warmed twice otherwise.
    boolean isWording = !hit.key().equals(key);
    count(isWording ? hit.question() : question, scope, hit.key());
    return reply(hit, question, null);
  }

  /// Calls the pipeline for all concurrent callers; empty if the answer was stored meanwhile.
  private Optional<PipelineAnswer> askOnce(
      CompletableFuture<PipelineAnswer> call, String question, String scope, String key)
      throws InterruptedException {
    try {
      if (servable(key).isPresent()) {
        return Optional.empty();
      }
      var fresh = askAndStore(question, scope, key);
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

  /// The result of a running call; empty if its caller was interrupted.
  private static Optional<PipelineAnswer> await(CompletableFuture<PipelineAnswer> call)
      throws InterruptedException {
    try {
      return Optional.of(call.get());
    } catch (CancellationException _) {
      return Optional.empty();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException("expected an unchecked exception", e);
      }
    }
  }

  private Reply reply(PipelineAnswer fresh, String asked, String scope) {
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
      similar.remove(key);
      return Optional.empty();
    }
    count(question, scope, key);
    return Optional.of(reply(hit.get(), question, match.get().score()));
  }

  /// The answer that a question would be served now, if any. Not counted as an ask.
  public Optional<CachedAnswer> find(String question, String scope) {
    return servable(key(question, scope));
  }

  /// Deletes the answers that match all criteria.
  ///
  /// @param document only answers based on this document; null for all
  /// @param scope only answers of this scope; null for all
  /// @param question only the answer to this question or wording, in the given scope or else in the
  ///   empty one; null for all
  /// @return how many were deleted
  public long invalidate(
      @Nullable String document, @Nullable String scope, @Nullable String question) {
    if (question == null) {
      return entries.delete(document, scope, null);
    }
    var key = key(question, scope == null ? "" : scope);
    return entries.delete(document, scope, entries.get(key).map(CachedAnswer::key).orElse(key));
  }

  /// The other wordings of questions whose answers have any, even if these have expired, by
  /// question.
  Map<String, List<String>> wordings(List<String> questions, String scope) {
    var version = pipeline.version();
    var keys = HashMap.<String, String>newHashMap(questions.size());
    questions.forEach(question -> keys.put(question, key(question, scope, version)));
    var byKey = entries.wordings(keys.values());
    var wordings = new HashMap<String, List<String>>();
    keys.forEach((question, key) -> {
      var found = byKey.get(key);
      if (found != null) {
        wordings.put(question, found);
      }
    });
    return wordings;
  }

  /// Calls the pipeline and stores the answer.
  ///
  /// @param onlyStale whether to keep an answer that is still fresh
  WarmResult warm(String question, String scope, boolean onlyStale) throws InterruptedException {
    return warm(question, List.of(), scope, onlyStale);
  }

  /// Calls the pipeline and stores the answer under other wordings too.
  ///
  /// @param wordings replace those of the cached answer, unless empty
  WarmResult warm(String question, List<String> wordings, String scope, boolean onlyStale)
      throws InterruptedException {
    var version = pipeline.version();
    var key = key(question, scope, version);
    var fresh =
        onlyStale
            ? own(key).filter(old -> isServed(old) && !old.stale())
            : Optional.<CachedAnswer>empty();
    if (fresh.isEmpty()) {
      return store(wordings, scope, askPipeline(question, scope));
    }
    if (!wordings.isEmpty() && !wordings.equals(fresh.get().wordings())) {
      entries.setWordings(key, wordings, wordingKeys(key, wordings, scope, version));
    }
    return new WarmResult(AnswerOutcome.ALREADY_FRESH, "");
  }

  /// Asks an expired answer's own question if this is another wording of it.
  private PipelineAnswer askAndStore(String asked, String scope, String key)
      throws InterruptedException {
    var question =
        entries
            .get(key)
            .filter(old -> !old.key().equals(key))
            .map(CachedAnswer::question)
            .orElse(asked);
    var fresh = askPipeline(question, scope);
    store(List.of(), scope, fresh);
    return fresh;
  }

  /// An answer of the pipeline, with the version of the pipeline.
  private record PipelineAnswer(String question, Answer answer, String version, Instant at) {}

  /// Asks again if the pipeline's version changed meanwhile, since the answer would be stored under
  /// a key that is no longer read.
  private PipelineAnswer askPipeline(String question, String scope) throws InterruptedException {
    for (int i = 1; ; i++) {
      var version = pipeline.version();
      var answer = pipeline.answer(question, scope);
      answered.run();
      if (i == MAX_VERSION_CHANGES || version.equals(pipeline.version())) {
        return new PipelineAnswer(question, answer, version, time.now());
      }
    }
  }

  private WarmResult store(List<String> wordings, String scope, PipelineAnswer fresh) {
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

  /// The answer with this key, but not one that has it for a wording.
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
    if (pendingAskCount.incrementAndGet() > MAX_PENDING_ASKS) {
      pendingAskCount.decrementAndGet();
      return; // the store has failed for long, and statistics are not worth the memory
    }
    pendingAsks.add(
        new Ask(time.now(), question, QuestionNormalizer.normal(question), scope, hitKey));
  }

  /// Adds new answers to the index of similar questions. Called periodically by
  /// [AnswerMaintenance].
  void refreshIndex() {
    if (similar != null) {
      similar.refreshIndex(entries, pipeline.version());
    }
  }

  /// Writes the asks since the last call. Called periodically by [AnswerMaintenance], so that no
  /// caller waits for it.
  void flushStatistics() {
    var batch = new ArrayList<Ask>();
    for (var ask = pendingAsks.poll(); ask != null; ask = pendingAsks.poll()) {
      pendingAskCount.decrementAndGet();
      batch.add(ask);
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      entries.recordAsks(batch);
    } catch (StokerException e) {
      LOG.warn("The statistics of {} asks could not be stored: {}", batch.size(), e.getMessage());
    }
  }

  private String key(String question, String scope) {
    return key(question, scope, pipeline.version());
  }

  /// The first 128 bits of SHA-256 over the parts with their lengths, in hexadecimal.
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
