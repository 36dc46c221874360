package io.stoker.answers;

import io.stoker.TextRules;
import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcTransactions.Work;
import io.stoker.state.jdbc.StoredCodes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Work that grows with the data: done in steps of bounded size, each in a transaction of its own,
/// so that nobody who wants to write waits for long. Thread-safe.
///
/// What has to be done is written down in the transaction of its cause, and each step writes down
/// what it has come to: after a crash another process goes on there.
final class JdbcBackgroundJobs {

  /// How many answers or questions a step is about at the most.
  static final int STEP = 200;

  /// A place for each, so that each is looked up by its number, whatever the database thinks of how
  /// many there are.
  private static final String THOSE =
      " IN (" + String.join(", ", Collections.nCopies(STEP, "?")) + ")";

  /// How many questions a batch may have that this work has made.
  private static final int MAX_IN_BATCH = 10_000;

  /// What has to be done.
  enum Task {
    /// Answers that rest on a document become stale, and their questions are queued.
    STALE,
    /// Queries of a batch that is no more are deleted.
    DELETE,
    /// Queries of a batch that was cancelled become so, too.
    CANCEL,
    RETRY_FAILED,
    RETRY_SKIPPED,
    RETRY_ALL
  }

  private static final StoredCodes<Task> TASKS =
      new StoredCodes<>(
          List.of(
              Task.STALE,
              Task.DELETE,
              Task.CANCEL,
              Task.RETRY_FAILED,
              Task.RETRY_SKIPPED,
              Task.RETRY_ALL));

  private final JdbcAnswerDatabase database;

  JdbcBackgroundJobs(JdbcAnswerDatabase database) {
    this.database = database;
  }

  /// Something that has to be done.
  private record Item(long id, Task task, String subject, long reached, long until) {

    static Item of(ResultSet row) throws SQLException {
      return new Item(
          row.getLong(1),
          TASKS.value(row.getInt(2)),
          Objects.requireNonNull(row.getString(3)),
          row.getLong(4),
          row.getLong(5));
    }

    long batch() {
      return Long.parseLong(subject);
    }
  }

  /// Writes down that answers which rest on a document have to become stale. Those that are put
  /// from now on rest on the document as it is.
  static void staleAnswers(JdbcConnection connection, String document) throws SQLException {
    begin(
        connection,
        Task.STALE,
        document,
        0,
        connection.number("SELECT max(id) FROM stoker.answer"));
  }

  /// Writes down what has to be done with the questions of a batch.
  static void questions(JdbcConnection connection, Task task, long batch) throws SQLException {
    begin(
        connection,
        task,
        Long.toString(batch),
        -1,
        connection.number("SELECT max(position) FROM stoker.query WHERE batch_id = ?", batch));
  }

  private static void begin(
      JdbcConnection connection, Task task, String subject, long reached, long until)
      throws SQLException {
    connection.update(
        "INSERT INTO stoker.pending_work (kind, subject, reached, until) VALUES (?, ?, ?, ?)",
        TASKS.code(task),
        subject,
        reached,
        until);
  }

  /// Changes a batch in a transaction in which nothing is left to do with its questions.
  <T> T withWholeBatch(String purpose, long batch, Work<T> work) {
    while (true) {
      var done =
          database.write(
              purpose,
              connection ->
                  isPending(connection, batch)
                      ? Optional.<T>empty()
                      : Optional.of(work.on(connection)));
      if (done.isPresent()) {
        return done.get();
      }
      finish(batch);
    }
  }

  private static boolean isPending(JdbcConnection connection, long batch) throws SQLException {
    return ofBatch(connection, batch).isPresent();
  }

  private static Optional<Item> ofBatch(JdbcConnection connection, long batch) throws SQLException {
    return connection.first(
        """
        SELECT id, kind, subject, reached, until FROM stoker.pending_work
         WHERE subject = ? AND kind <> 0 ORDER BY id LIMIT 1
        """,
        Item::of,
        Long.toString(batch));
  }

  /// Does all that is left to do with a batch's questions.
  void finish(long batch) {
    while (step(
        "finish what was begun with batch " + batch, connection -> ofBatch(connection, batch))) {
      // A step is a transaction.
    }
  }

  /// Does a step of what has waited longest. False if nothing is left to do.
  boolean step() {
    return step(
        "go on with what was begun",
        connection ->
            connection.first(
                """
                SELECT id, kind, subject, reached, until FROM stoker.pending_work
                 ORDER BY id LIMIT 1
                """,
                Item::of));
  }

  private boolean step(String purpose, Work<Optional<Item>> next) {
    if (database.read(purpose, next).isEmpty()) {
      return false;
    }
    return database.write(
        purpose,
        connection -> {
          var item = next.on(connection);
          if (item.isPresent()) {
            step(connection, item.get());
          }
          return item.isPresent();
        });
  }

  private void step(JdbcConnection connection, Item item) throws SQLException {
    long reached =
        switch (item.task) {
          case STALE -> stale(connection, item);
          case DELETE, CANCEL, RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL ->
              questions(connection, item);
        };
    if (reached >= item.until) {
      connection.update("DELETE FROM stoker.pending_work WHERE id = ?", item.id);
    } else {
      connection.update(
          "UPDATE stoker.pending_work SET reached = ? WHERE id = ?", reached, item.id);
    }
  }

  // --- questions of a batch ---

  /// The position that the step has come to.
  private long questions(JdbcConnection connection, Item item) throws SQLException {
    long batch = item.batch();
    long last =
        connection
            .list(
                """
                SELECT position FROM stoker.query WHERE batch_id = ? AND position > ?
                 ORDER BY position LIMIT ?
                """,
                row -> row.getLong(1),
                batch,
                item.reached,
                STEP)
            .stream()
            .reduce((_, later) -> later)
            .orElse(item.until);
    var those = " WHERE batch_id = ? AND position > ? AND position <= ?";
    switch (item.task) {
      case DELETE -> {
        connection.update("DELETE FROM stoker.query" + those, batch, item.reached, last);
        int changes =
            connection.update(
                """
                DELETE FROM stoker.batch_change WHERE id IN
                  (SELECT id FROM stoker.batch_change WHERE batch_id = ? ORDER BY id LIMIT ?)
                """,
                batch,
                STEP);
        if (changes == STEP) {
          return item.reached; // There may be more of those than questions.
        }
      }
      case CANCEL ->
          connection.update(
              """
              UPDATE stoker.query SET state = 5, ended_at = ?, lease_ends = NULL, not_before = NULL
              """
                  + those
                  + " AND state IN (0, 1)",
              database.now(),
              batch,
              item.reached,
              last);
      case RETRY_FAILED -> beginAgain(connection, those + " AND state = 3", item, last);
      case RETRY_SKIPPED -> beginAgain(connection, those + " AND state IN (4, 5)", item, last);
      case RETRY_ALL -> beginAgain(connection, those + " AND state IN (3, 4, 5)", item, last);
      case STALE -> throw new IllegalStateException("stale answers are no questions");
    }
    return last;
  }

  private static void beginAgain(JdbcConnection connection, String those, Item item, long last)
      throws SQLException {
    connection.update(
        """
        UPDATE stoker.query
           SET state = 0, outcome = NULL, detail = '', attempts = 0, lost = 0, ended_at = NULL
        """
            + those,
        item.batch(),
        item.reached,
        last);
  }

  // --- answers that rest on a document ---

  /// An answer whose question is to be queued again.
  private record Affected(long id, String question, String scope) {

    static Affected of(ResultSet row) throws SQLException {
      return new Affected(
          row.getLong(1),
          Objects.requireNonNull(row.getString(2)),
          Objects.requireNonNull(row.getString(3)));
    }
  }

  /// The answer that the step has come to.
  private long stale(JdbcConnection connection, Item item) throws SQLException {
    var ids =
        connection.list(
            """
            SELECT DISTINCT answer_id FROM stoker.answer_source
             WHERE document = ? AND answer_id > ? AND answer_id <= ?
             ORDER BY answer_id LIMIT ?
            """,
            row -> row.getLong(1),
            item.subject,
            item.reached,
            item.until,
            STEP);
    if (ids.isEmpty()) {
      return item.until;
    }
    var stale = new ArrayList<@Nullable Object>(List.of(true));
    stale.addAll(filled(ids));
    var affected =
        connection.list(
            "UPDATE stoker.answer SET stale = ? WHERE id"
                + THOSE
                + " RETURNING id, question, scope",
            Affected::of,
            stale.toArray());
    var wordings = new HashMap<Long, List<String>>();
    connection.list(
        "SELECT answer_id, wording FROM stoker.answer_wording WHERE answer_id"
            + THOSE
            + " ORDER BY answer_id, position",
        row ->
            wordings
                .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                .add(Objects.requireNonNull(row.getString(2))),
        filled(ids).toArray());
    requeue(connection, item, affected, wordings);
    return ids.getLast();
  }

  /// As many numbers as [#THOSE] has places; none is 0.
  private static List<@Nullable Object> filled(List<Long> ids) {
    var all = new ArrayList<@Nullable Object>(ids);
    all.addAll(Collections.nCopies(STEP - ids.size(), 0L));
    return all;
  }

  private void requeue(
      JdbcConnection connection,
      Item item,
      List<Affected> affected,
      Map<Long, List<String>> wordings)
      throws SQLException {
    var scopes = new TreeMap<String, List<Affected>>();
    affected.stream()
        .sorted(Comparator.comparingLong(Affected::id))
        .forEach(one -> scopes.computeIfAbsent(one.scope, _ -> new ArrayList<>()).add(one));
    for (var scope : scopes.entrySet()) {
      var questions = scope.getValue().stream().map(Affected::question).toList();
      var byQuestion = new HashMap<String, List<String>>();
      for (var one : scope.getValue()) {
        var own = wordings.get(one.id);
        if (own != null) {
          byQuestion.put(one.question, own);
        }
      }
      requeue(connection, item, scope.getKey(), questions, byQuestion);
    }
  }

  private void requeue(
      JdbcConnection connection,
      Item item,
      String scope,
      List<String> questions,
      Map<String, List<String>> wordings)
      throws SQLException {
    Instant now = database.now();
    var open =
        connection.first(
            "SELECT "
                + JdbcBatches.BATCH
                + " FROM stoker.batch WHERE cause = ? AND scope = ? AND ended_at IS NULL"
                + " ORDER BY id DESC LIMIT 1",
            JdbcBatches::batch,
            item.id,
            scope);
    if (open.filter(batch -> batch.counts().total() + questions.size() <= MAX_IN_BATCH)
        .isPresent()) {
      long batch = open.get().id();
      JdbcBatches.append(connection, database.sql(), batch, questions, wordings);
      var _ =
          JdbcBatches.count(connection, batch, new Batch.Counts(questions.size(), 0, 0, 0, 0), now);
      JdbcEventBuffer.add(connection, Kind.CHANGED, batch, 0);
      return;
    }
    var name = "document " + item.subject + " changed";
    var shortened = TextRules.truncated(name, BatchOptions.MAX_LENGTH);
    var options = new BatchOptions(shortened, scope, false, false);
    var submission = new Submission(questions, wordings, options, null);
    var _ = JdbcBatches.insert(connection, database.sql(), submission, item.id, now);
  }

  /// What a move does with the questions of its batch.
  static Task task(BatchAction action) {
    return switch (action) {
      case CANCEL -> Task.CANCEL;
      case RETRY_FAILED -> Task.RETRY_FAILED;
      case RETRY_SKIPPED -> Task.RETRY_SKIPPED;
      case RETRY_ALL -> Task.RETRY_ALL;
      case PAUSE, RESUME -> throw new IllegalStateException(action + " changes no questions");
    };
  }
}
