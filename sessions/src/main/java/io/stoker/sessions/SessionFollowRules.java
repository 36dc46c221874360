package io.stoker.sessions;

import io.stoker.sessions.RowChange.Kind;
import io.stoker.sessions.RowChange.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a change in Postgres means for the cache; no clock, no I/O.
///
/// A change says only which rows to read again; what is cached follows from the row as the mapping
/// selects it then, so that a row's eligibility has one definition. Several changes of one row
/// become one reading.
final class SessionFollowRules {

  private static final String BYTEA = "\\x";

  private SessionFollowRules() {}

  /// What to read again after some changes.
  ///
  /// @param sessions keys whose rows may be selected, changed or gone
  /// @param fresh those of them that were only inserted, so that nothing of them is cached
  /// @param users users whose row changed or is gone
  /// @param everything whether a table was emptied, or nobody knows which row has changed
  /// @param unusable how many changes have a key that is no key of a session
  record Affected(
      Set<SessionKey> sessions,
      Set<SessionKey> fresh,
      Set<String> users,
      boolean everything,
      int unusable) {}

  /// What to do once the rows have been read.
  ///
  /// @param ended sessions to end
  /// @param endedUsers users to end all sessions of
  record Ends(List<SessionKey> ended, List<String> endedUsers) {}

  /// Which rows to read.
  ///
  /// @param inserts whether new sessions are to be written
  static Affected affected(List<RowChange> changes, boolean inserts) {
    var sessions = new LinkedHashSet<SessionKey>();
    var fresh = new LinkedHashSet<SessionKey>();
    var users = new LinkedHashSet<String>();
    boolean everything = false;
    int unusable = 0;
    for (var change : changes) {
      if (change.kind() == Kind.TRUNCATE || change.kind() == Kind.UNKNOWN) {
        everything = true;
      } else if (change.table() == Table.USER) {
        addUser(change, users);
      } else {
        unusable += addSession(change, sessions, fresh);
      }
    }
    if (!inserts) {
      sessions.removeAll(fresh);
      fresh.clear();
    }
    return new Affected(sessions, fresh, users, everything, unusable);
  }

  /// A new user has no sessions in the cache yet.
  private static void addUser(RowChange change, Set<String> users) {
    if (change.kind() != Kind.INSERT) {
      add(change.oldKey(), users);
      add(change.newKey(), users);
    }
  }

  private static void add(@Nullable String user, Set<String> users) {
    if (user != null) {
      users.add(user);
    }
  }

  private static int addSession(RowChange change, Set<SessionKey> sessions, Set<SessionKey> fresh) {
    int unusable = 0;
    for (var text : new String[] {change.oldKey(), change.newKey()}) {
      if (text == null) {
        continue;
      }
      var key = key(text);
      if (key.isEmpty()) {
        unusable++;
      } else if (sessions.add(key.get()) && change.kind() == Kind.INSERT) {
        fresh.add(key.get());
      } else if (change.kind() != Kind.INSERT) {
        fresh.remove(key.get());
      }
    }
    return unusable;
  }

  /// What is over: what is not selected any more. A session that was only inserted has nothing in
  /// the cache to end.
  ///
  /// @param found sessions that the mapping selects
  /// @param foundUsers users of whom the mapping selects a session
  static Ends ends(Affected affected, Set<SessionKey> found, Set<String> foundUsers) {
    var ended = new ArrayList<SessionKey>();
    for (var key : affected.sessions()) {
      if (!found.contains(key) && !affected.fresh().contains(key)) {
        ended.add(key);
      }
    }
    var endedUsers = affected.users().stream().filter(user -> !foundUsers.contains(user)).toList();
    return new Ends(List.copyOf(ended), endedUsers);
  }

  /// The session's key in a key column: the token's hash in hexadecimal, as text or as bytes.
  static Optional<SessionKey> key(String text) {
    try {
      return Optional.of(
          SessionKey.ofTokenHash(text.startsWith(BYTEA) ? text.substring(2) : text.strip()));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Whether a snapshot sees what a transaction has committed. Postgres reports a commit a moment
  /// before others see it, and much earlier if the commit waits for a standby.
  ///
  /// @param snapshot as `pg_current_snapshot()` writes it: `xmin:xmax:running,running`
  /// @param transaction the transaction's number, of which Postgres reports the last 32 bits
  static boolean isVisible(String snapshot, int transaction) {
    var parts = snapshot.split(":", -1);
    int end = (int) Long.parseLong(parts[1]);
    if (transaction - end >= 0) {
      return false;
    }
    if (!parts[2].isEmpty()) {
      for (var running : parts[2].split(",", -1)) {
        if ((int) Long.parseLong(running) == transaction) {
          return false;
        }
      }
    }
    return true;
  }
}
