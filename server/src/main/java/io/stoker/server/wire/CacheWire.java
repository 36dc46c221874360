package io.stoker.server.wire;

import io.stoker.answers.Answer;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerEntries;
import io.stoker.answers.CachedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JSON of cached answers, with the conventions of [SessionWire].
public final class CacheWire {

  private CacheWire() {}

  /// The reply to a user's question.
  ///
  /// @param matched the similar question whose cached answer this is; null for the same question
  /// @param age time since the pipeline answered
  public record Reply(
      String answer,
      List<Source> sources,
      boolean cached,
      @Nullable String matched,
      Duration age,
      Instant storedAt,
      int confidence,
      String model) {

    public static Reply of(AnswerCache.Reply reply) {
      var answer = reply.answer();
      return new Reply(
          answer.text(),
          Source.of(answer),
          reply.cached(),
          reply.matched(),
          reply.age(),
          reply.storedAt(),
          answer.confidence(),
          answer.model());
    }
  }

  /// A passage that an answer is based on.
  public record Source(String document, long version, String title, String passage, double score) {

    static List<Source> of(Answer answer) {
      return answer.sources().stream()
          .map(source ->
              new Source(
                  source.document(),
                  source.version(),
                  source.title(),
                  source.passage(),
                  source.score()))
          .toList();
    }
  }

  /// An answer in the cache.
  public record Entry(
      String key,
      String question,
      String scope,
      List<String> aliases,
      String answer,
      List<Source> sources,
      int confidence,
      String model,
      Instant storedAt,
      Instant expiresAt,
      boolean stale,
      long hits) {

    public static Entry of(CachedAnswer cached) {
      return new Entry(
          cached.key(),
          cached.question(),
          cached.scope(),
          cached.wordings(),
          cached.answer().text(),
          Source.of(cached.answer()),
          cached.answer().confidence(),
          cached.answer().model(),
          cached.storedAt(),
          cached.expiresAt(),
          cached.stale(),
          cached.hits());
    }
  }

  /// A page of cached answers, newest first.
  public record Entries(List<Entry> entries, @Nullable Long nextCursor) {

    public static Entries of(io.stoker.answers.Page<CachedAnswer> page) {
      return new Entries(page.items().stream().map(Entry::of).toList(), page.next());
    }
  }

  /// Statistics of the cache.
  ///
  /// @param hitRate null if no question was asked
  public record CacheStats(
      Duration window,
      long entries,
      long stale,
      long bytes,
      long asked,
      long hits,
      long misses,
      @Nullable Double hitRate) {

    public static CacheStats of(Duration window, AnswerEntries.Totals totals) {
      return new CacheStats(
          window,
          totals.entries(),
          totals.stale(),
          totals.bytes(),
          totals.asks(),
          totals.hits(),
          totals.asks() - totals.hits(),
          totals.asks() == 0 ? null : (double) totals.hits() / totals.asks());
    }
  }

  /// A frequently asked question.
  public record Top(
      String question, String scope, long asked, long hits, @Nullable Instant expiresAt) {

    public static Top of(AnswerEntries.TopQuestion top) {
      return new Top(top.question(), top.scope(), top.asks(), top.hits(), top.expiresAt());
    }
  }
}
