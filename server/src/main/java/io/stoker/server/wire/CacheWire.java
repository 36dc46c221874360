package io.stoker.server.wire;

import io.stoker.answers.Answer;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerEntries;
import io.stoker.answers.CachedAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What goes over the wire about cached answers: JSON by [WireJson], with the rules of
/// [SessionWire].
public final class CacheWire {

  private CacheWire() {}

  /// What a user gets.
  ///
  /// @param matched the cached question that was taken for the same as this; null if it is the same
  /// @param age how long ago the pipeline gave it
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

  /// A passage that an answer rests on.
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

  /// Some answers, the newest first.
  public record Entries(List<Entry> entries, @Nullable Long nextCursor) {

    public static Entries of(io.stoker.answers.Page<CachedAnswer> page) {
      return new Entries(page.items().stream().map(Entry::of).toList(), page.next());
    }
  }

  /// How the cache does.
  ///
  /// @param hitRate null if nobody asked
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

  /// A question that is asked often.
  public record Top(
      String question, String scope, long asked, long hits, @Nullable Instant expiresAt) {

    public static Top of(AnswerEntries.TopQuestion top) {
      return new Top(top.question(), top.scope(), top.asks(), top.hits(), top.expiresAt());
    }
  }
}
