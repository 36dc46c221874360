package io.stoker.prompts;

import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.state.StateDatabase;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where conversations are kept. Thread-safe.
///
/// All methods throw [io.stoker.StokerException] if the store does not answer; what they were to
/// write is then not written.
public interface PromptStore extends AutoCloseable {

  /// A store in memory, gone when it is closed. Like one in a file, for one process.
  static PromptStore inMemory() {
    return JdbcPromptStore.inMemory();
  }

  /// A store in a database that it shares with the other warmers, and leaves open. Of the warms of
  /// each conversation, it keeps the last hundred.
  ///
  /// @throws io.stoker.StokerException if the database cannot be used
  static PromptStore on(StateDatabase state) {
    return JdbcPromptStore.on(JdbcStateDatabase.of(state));
  }

  /// A conversation; empty if nothing was ever saved of it. Its activity is `IDLE`, its terms are
  /// unknown and its number is 0: they are not kept.
  Optional<Conversation> find(String id);

  /// Keeps a conversation, in the place of what was kept of it.
  ///
  /// @throws ConversationTakenException if it belongs to another process; nothing has changed then
  default void save(Conversation conversation) {
    save(conversation, List.of());
  }

  /// Keeps a conversation, in the place of what was kept of it, and adds lines to the ledger: both
  /// or neither.
  ///
  /// @throws ConversationTakenException if it belongs to another process; nothing has changed then
  void save(Conversation conversation, List<LedgerEntry> lines);

  /// The same of a conversation that is kept already; one that was deleted does not begin again.
  ///
  /// @throws ConversationTakenException if it belongs to another process, or was deleted; nothing
  ///   has changed then
  void update(Conversation conversation, List<LedgerEntry> lines);

  /// Adds lines to the ledger, whoever has their conversations.
  void add(List<LedgerEntry> lines);

  /// Which conversations belong to this process.
  PromptLeases leases();

  /// What turns and warms have cost and brought.
  PromptLedger ledger();

  /// Keeps what a policy has learned, each part in the place of what was kept of it.
  void saveLearned(List<LearnedCounts> parts);

  /// All that a policy has learned.
  List<LearnedCounts> learned();

  /// Visits every conversation whose warming is wanted, in no particular order, without holding all
  /// of them in memory.
  void visitEnabled(Consumer<Conversation> visitor);

  /// Conversations, by id.
  ///
  /// @param onlyEnabled whether to leave out those whose warming is not wanted
  /// @param after the id that the page before ended with; null for the first page
  List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after);

  /// Adds to a conversation's history, in one transaction.
  ///
  /// @param metrics of the turn; null if there are none
  /// @return the number of the last piece
  long append(String id, List<Message> messages, @Nullable TurnMetrics metrics);

  /// Adds a turn to the history of a conversation that is kept, in one transaction.
  ///
  /// @return whether it is kept; it may have been deleted meanwhile
  boolean appendTurn(String id, List<Message> messages, TurnMetrics metrics);

  /// How much was said in a conversation.
  HistorySize size(String id);

  /// How many conversations are kept.
  ///
  /// @param tenant whose; null for all
  /// @param most where counting ends
  long count(@Nullable String tenant, long most);

  /// Removes a conversation with its history and its warms, in transactions of bounded size. Its
  /// lines in the ledger stay. What a process leaves that dies meanwhile the next call removes.
  ///
  /// @return whether there was anything to remove
  /// @throws ConversationTakenException if it belongs to another process; nothing has changed then
  boolean delete(String id);

  /// Conversations that can be deleted, some of them: those that have not been saved for so many
  /// days by the store's clock, and those of which a deletion has left something.
  ///
  /// @param unusedDays null if none is unused, however old
  List<String> deletable(@Nullable Integer unusedDays, int limit);

  /// The history behind a number, in order.
  ///
  /// @param after 0 for all of it
  List<StoredHistoryPart> history(String id, long after);

  /// What each turn took, in order.
  List<TurnMetrics> metrics(String id);

  /// Adds a warm to the books.
  void record(WarmRecord warm);

  /// The last warms of a conversation, newest first.
  List<WarmRecord> warms(String id, int limit);

  /// Finishes what is being written, and closes what this store has opened.
  @Override
  void close();
}
