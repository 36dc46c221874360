package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.sessions.PgOutput.Message;
import io.stoker.sessions.SessionFollowRules.Affected;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries changes from a stream to the cache, until something fails.
///
/// Everything that has arrived is carried out at once: the rows are read again, what is over is
/// ended, what is selected is written, and only when the cache has acknowledged all of it is the
/// position confirmed. Confined to one thread but for what it shows.
final class FollowRun {

  private static final Logger LOG = LoggerFactory.getLogger(FollowRun.class);
  private static final int MOST = 500;

  private final ReplicationStream stream;
  private final JdbcChangedSessions source;
  private final SessionStore store;
  private final FollowLog log;
  private final FollowSettings settings;
  private final SessionPlan plan;
  private final Time time;
  private final RandomGenerator random = RandomGenerator.getDefault();

  private Message.@Nullable Begin open;
  private boolean recordedIncomplete = true;
  private volatile long confirmed;
  private volatile @Nullable Instant pendingSince;
  private volatile Duration lag = Duration.ZERO;
  private volatile FollowCounts counts = FollowCounts.NONE;

  FollowRun(
      ReplicationStream stream,
      JdbcChangedSessions source,
      SessionStore store,
      FollowLog log,
      FollowSettings settings,
      SessionPlan plan,
      Time time) {
    this.stream = stream;
    this.source = source;
    this.store = store;
    this.log = log;
    this.settings = settings;
    this.plan = plan;
    this.time = time;
  }

  /// How far the cache is behind: as long as the changes at hand have waited, or the last ones
  /// took.
  Duration lag() {
    var since = pendingSince;
    if (since == null) {
      return lag;
    }
    var waited = Duration.between(since, time.now());
    return waited.compareTo(lag) > 0 ? waited : lag;
  }

  FollowCounts counts() {
    return counts;
  }

  /// Up to where everything is in the cache.
  long confirmed() {
    return confirmed;
  }

  /// Carries out what has arrived, and waits for it up to `timeout`.
  ///
  /// @param incomplete whether a full run is due, for the record
  void step(Duration timeout, boolean incomplete) throws SQLException, InterruptedException {
    var messages = stream.next(MOST, timeout);
    if (messages.isEmpty()) {
      idle(incomplete);
      return;
    }
    var changes = new ArrayList<RowChange>();
    var transactions = new LinkedHashSet<Integer>();
    long end = 0;
    for (var message : messages) {
      switch (message) {
        case Message.Begin begin -> open = begin;
        case Message.Row(RowChange change) -> {
          changes.add(change);
          var transaction = open;
          if (transaction != null && transactions.add(transaction.transaction())) {
            begin(transaction.at());
          }
        }
        case Message.Commit(long next) -> {
          end = next;
          open = null;
        }
      }
    }
    if (!changes.isEmpty()) {
      carryOut(changes, transactions);
    }
    if (end > 0) {
      confirm(end, incomplete);
    }
  }

  private void begin(Instant at) {
    if (pendingSince == null) {
      pendingSince = at;
    }
  }

  private void idle(boolean incomplete) {
    long seen = open == null ? stream.seenUpTo() : 0;
    if (seen > confirmed || (seen > 0 && incomplete != recordedIncomplete)) {
      confirm(Math.max(seen, confirmed), incomplete);
    }
  }

  /// The cache's record comes first, so that it is never behind the slot's unless it lost
  /// something.
  private void confirm(long position, boolean incomplete) {
    log.write(new FollowLog.Progress(position, incomplete, lag, time.now()));
    recordedIncomplete = incomplete;
    stream.confirm(position);
    confirmed = position;
  }

  private void carryOut(List<RowChange> changes, Set<Integer> transactions)
      throws SQLException, InterruptedException {
    source.awaitVisible(transactions);
    var affected = SessionFollowRules.affected(changes, settings.inserts());
    if (affected.everything()) {
      store.revokeEverything();
      LOG.warn(
          "A table of the sessions was emptied (TRUNCATE), or its replica identity does not say which"
              + " row has changed: everything cached was ended");
    }
    if (affected.unusable() > 0) {
      LOG.warn(
          "{} changed rows have a key that is not 64 hexadecimal digits: nothing was done for them."
              + " Check the key column in the line \"-- follow:\" of the mapping",
          affected.unusable());
    }
    counts = counts.plus(renew(affected));
    lag = nonNegative(Duration.between(Objects.requireNonNull(pendingSince), time.now()));
    pendingSince = null;
  }

  private FollowCounts renew(Affected affected) throws SQLException {
    int everything = affected.everything() ? 1 : 0;
    if (affected.sessions().isEmpty() && affected.users().isEmpty()) {
      return new FollowCounts(0, 0, 0, 0, everything, affected.unusable());
    }
    // Handed out after the commit could be read: whoever has a later one has read what is new.
    var found = source.find(affected.sessions(), affected.users(), store.fence());
    var keys = new HashSet<SessionKey>();
    found.entries().forEach(entry -> keys.add(entry.key()));
    var ends = SessionFollowRules.ends(affected, keys, new HashSet<>(found.users()));
    store.revokeSessions(ends.ended());
    store.revokeUsers(ends.endedUsers());
    write(found);
    return new FollowCounts(
        affected.sessions().stream().filter(keys::contains).count(),
        ends.ended().size(),
        affected.users().size() - (long) ends.endedUsers().size(),
        ends.endedUsers().size(),
        everything,
        affected.unusable());
  }

  private void write(JdbcChangedSessions.Found found) {
    var writes = new LinkedHashMap<SessionKey, SessionWrite>();
    for (var entry : found.entries()) {
      var timeToLive =
          SessionRules.timeToLive(
              entry.expiresAt(), found.asOf(), plan.timeToLiveCap(), plan.jitter(), random);
      if (timeToLive.isPositive()) {
        writes.put(entry.key(), new SessionWrite(entry, timeToLive));
      }
    }
    if (writes.isEmpty()) {
      return;
    }
    for (var outcome : store.putAll(List.copyOf(writes.values()), WriteMode.REPLACE_OLDER)) {
      if (outcome instanceof WarmOutcome.Failed(String reason, _)) {
        throw new StokerException(
            Code.CACHE_REFUSED, "Changed sessions could not be written: " + reason, null);
      }
    }
  }

  private static Duration nonNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
