package io.stoker.examples.demo;

import io.stoker.Time;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionCache;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// The results of look-ups through a [SessionCache].
///
/// @param counts the cache's own counts
/// @param wrong look-ups that found an invalid session, or missed a valid one
/// @param sorted how long each took in nanoseconds, shortest first
record Lookups(LookupCounts counts, int wrong, List<Long> sorted) {

  /// Looks up every visit, one after another.
  static Lookups measure(List<Visits.Visit> visits, SessionCache cache, Time time) {
    var took = new Long[visits.size()];
    int wrong = 0;
    for (int i = 0; i < took.length; i++) {
      var visit = visits.get(i);
      var began = time.ticks();
      var session = cache.find(visit.token());
      took[i] = time.ticks().minus(began).toNanos();
      wrong += session.isPresent() == visit.valid() ? 0 : 1;
    }
    Arrays.sort(took);
    return new Lookups(cache.counts(), wrong, List.of(took));
  }

  /// The share answered without Postgres, from 0 to 1.
  double hitRate() {
    return counts.hitRate().orElse(0);
  }

  /// A quantile of the durations; `share` is from 0 to 1.
  Duration quantile(double share) {
    int rank = (int) Math.ceil(share * sorted.size());
    return Duration.ofNanos(sorted.get(Math.max(0, rank - 1)));
  }
}
