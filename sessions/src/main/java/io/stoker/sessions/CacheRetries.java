package io.stoker.sessions;

import static io.stoker.DurationRules.shorter;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.WarmOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The retries of a run whose cache stops answering for a while, as in a failover: waits, and sends
/// again what got no reply, until the plan's total retry time or the deadline is reached. Confined
/// to the run's thread.
final class CacheRetries {

  private static final Logger LOG = LoggerFactory.getLogger(CacheRetries.class);
  private static final Duration MAX_PAUSE = Duration.ofMillis(100);

  private final SessionRun run;
  private final SessionTarget target;
  private final Time time;
  private Duration left;

  CacheRetries(SessionRun run, SessionTarget target, Time time) {
    this.run = run;
    this.target = target;
    this.time = time;
    this.left = run.plan().retryFor();
  }

  /// Writes a chunk and counts the outcomes.
  void write(List<SessionWrite> writes) throws InterruptedException {
    if (writes.isEmpty()) {
      return; // the source is slow
    }
    var outcomes = new ArrayList<>(target.putAll(writes, run.plan().mode()));
    try {
      if (!unanswered(outcomes).isEmpty()) {
        run.resent();
        resend(writes, outcomes);
      }
    } finally {
      run.count(writes, outcomes);
    }
  }

  /// Sends one write by itself until it gets a reply, and then all others: a single write costs a
  /// single timeout, and makes a cluster client refresh its slot map.
  private void resend(List<SessionWrite> writes, List<WarmOutcome> outcomes)
      throws InterruptedException {
    var since = time.ticks();
    var missing = unanswered(outcomes);
    for (int attempt = 1; !missing.isEmpty() && mayTryAgain(attempt, since); attempt++) {
      LOG.warn("Redis did not answer for {} sessions, which are sent again now", missing.size());
      var probe = missing.get(attempt % missing.size());
      put(List.of(probe), writes, outcomes);
      if (!isUnanswered(outcomes.get(probe))) {
        put(unanswered(outcomes), writes, outcomes);
      }
      missing = unanswered(outcomes);
    }
    left = left.minus(time.ticks().minus(since));
  }

  /// Asks the cache, again if it does not answer.
  ///
  /// @throws StokerException if it still does not, or refuses
  <T> T ask(Supplier<T> question) throws InterruptedException {
    var since = time.ticks();
    for (int attempt = 1; ; attempt++) {
      try {
        return question.get();
      } catch (StokerException e) {
        if (e.code() != Code.CACHE_UNREACHABLE || !mayTryAgain(attempt, since)) {
          throw e;
        }
        LOG.warn("{}; asking again now", e.getMessage());
      }
    }
  }

  private void put(List<Integer> places, List<SessionWrite> writes, List<WarmOutcome> outcomes) {
    var again = target.putAll(places.stream().map(writes::get).toList(), run.plan().mode());
    for (int i = 0; i < places.size(); i++) {
      outcomes.set(places.get(i), again.get(i));
    }
  }

  /// The places of the writes without a reply.
  private static List<Integer> unanswered(List<WarmOutcome> outcomes) {
    return IntStream.range(0, outcomes.size())
        .filter(i -> isUnanswered(outcomes.get(i)))
        .boxed()
        .toList();
  }

  private static boolean isUnanswered(WarmOutcome outcome) {
    return outcome instanceof WarmOutcome.Failed(_, boolean unreachable) && unreachable;
  }

  /// Waits before the next attempt; false if there is to be none.
  private boolean mayTryAgain(int attempt, Duration since) throws InterruptedException {
    var now = time.ticks();
    var end = now.plus(SessionRules.resendDelay(attempt));
    if (end.minus(since).compareTo(left) > 0) {
      return false;
    }
    while (run.mayWait() && time.ticks().compareTo(end) < 0) {
      time.pause(shorter(end.minus(time.ticks()), MAX_PAUSE));
    }
    return run.mayWait();
  }
}
