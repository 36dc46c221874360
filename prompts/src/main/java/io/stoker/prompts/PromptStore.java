package io.stoker.prompts;

import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.state.StateDatabase;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The store of conversations, their histories and the ledger. Thread-safe.
///
/// All methods throw [io.stoker.StokerException] if the store does not respond; nothing is written
/// then.
public interface PromptStore extends AutoCloseable {

  /// A store in memory for one process, which is lost when it is closed.
  static PromptStore inMemory() {
    return JdbcPromptStore.inMemory();
  }

  /// A store in a database, which stays open. It keeps the last hundred warms of each conversation.
  ///
  /// @throws io.stoker.StokerException if the database cannot be used
  static PromptStore on(StateDatabase state) {
    return JdbcPromptStore.on(JdbcStateDatabase.of(state));
  }

  /// A conversation; empty if it was never saved. Its activity is `IDLE`, its cache profile is
  /// unknown and its number is 0, since they are not stored.
  Optional<Conversation> find(String id);

  /// Saves a conversation.
  ///
  /// @throws ConversationTakenException if another process owns it; nothing has changed then
  default void save(Conversation conversation) {
    save(conversation, List.of());
  }

  /// Saves a conversation and adds lines to the ledger, atomically.
  ///
  /// @throws ConversationTakenException if another process owns it; nothing has changed then
  void save(Conversation conversation, List<LedgerEntry> lines);

  /// Like [#save(Conversation, List)], but only if the conversation exists.
  ///
  /// @throws ConversationTakenException if another process owns it, or it was deleted; nothing has
  ///   changed then
  void update(Conversation conversation, List<LedgerEntry> lines);

  /// Adds lines to the ledger, whichever process owns their conversations.
  void add(List<LedgerEntry> lines);

  /// The ownership of conversations.
  PromptLeases leases();

  /// The costs and savings of turns and warms.
  PromptLedger ledger();

  /// Saves what a policy has learned, replacing rows of the same tenant and topic.
  void saveLearned(List<LearnedCounts> parts);

  /// All that a policy has learned.
  List<LearnedCounts> learned();

  /// Visits every conversation with warming enabled, in no particular order, without holding all of
  /// them in memory.
  void visitEnabled(Consumer<Conversation> visitor);

  /// A page of the conversations, by id.
  ///
  /// @param onlyEnabled whether to list only those with warming enabled
  /// @param after the last id of the previous page; null for the first page
  List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after);

  /// Appends to a conversation's history, in one transaction.
  ///
  /// @param metrics null for none
  /// @return the number of the last part
  long append(String id, List<Message> messages, @Nullable TurnMetrics metrics);

  /// Appends a turn to the history of a conversation that exists, in one transaction.
  ///
  /// @return false if the conversation was deleted
  boolean appendTurn(String id, List<Message> messages, TurnMetrics metrics);

  /// The size of a conversation's history.
  HistorySize size(String id);

  /// The number of conversations.
  ///
  /// @param tenant null for all
  /// @param max stops counting at this number
  long count(@Nullable String tenant, long max);

  /// Deletes a conversation with its history and its warms, in transactions of bounded size. Its
  /// lines in the ledger stay. If the process dies meanwhile, the next call deletes the rest.
  ///
  /// @return whether there was anything to delete
  /// @throws ConversationTakenException if another process owns it; nothing has changed then
  boolean delete(String id);

  /// Some of the conversations that can be deleted: those not saved for a number of days by the
  /// store's clock, and those whose deletion was interrupted.
  ///
  /// @param unusedDays null for only interrupted deletions
  List<String> deletable(@Nullable Integer unusedDays, int limit);

  /// The history after a number, in order.
  ///
  /// @param after 0 for the whole history
  List<StoredHistoryPart> history(String id, long after);

  /// The metrics of all turns, in order.
  List<TurnMetrics> metrics(String id);

  /// Adds a warm to the log.
  void record(WarmRecord warm);

  /// The last warms of a conversation, newest first.
  List<WarmRecord> warms(String id, int limit);

  /// Finishes pending writes, and closes what this store has opened.
  @Override
  void close();
}
