package io.stoker.bench;

import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.HistoryPart;
import io.stoker.prompts.IdlePeriod;
import io.stoker.prompts.Message;
import io.stoker.prompts.MessageRole;
import io.stoker.prompts.PromptStore;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/// Very many conversations to keep warm, due evenly over an interval, numbered from 0.
///
/// @param first when the first one is due
record BenchConversations(int size, Instant first) {

  /// Ten seconds less than the TTL of Anthropic's short entries.
  static final Duration INTERVAL = Duration.ofSeconds(290);

  /// The model of the conversations.
  static final String MODEL = "simulator/small";

  /// The nominal length of their prompts; the stored text is shorter, to save memory.
  private static final long PROMPT_TOKENS = 50_000;

  /// A little less than what the simulator's cache has of each.
  private static final long CACHED_TOKENS = 40;

  private static final long STEP = 7_919;
  private static final String QUESTION =
      "Which chapter of the handbook says how long an entry of the cache lives?";
  private static final String ANSWER =
      "The third one does. An entry lives on from the start of the last request that"
          + " used it, for five minutes or for an hour, as the request has asked for.";

  /// An id as long as those that browsers create.
  static String id(int number) {
    return new UUID(number * 0x9e3779b97f4a7c15L, number).toString();
  }

  static int number(String id) {
    return (int) UUID.fromString(id).getLeastSignificantBits();
  }

  /// When a conversation is due; consecutive numbers are not due consecutively.
  Instant due(int number) {
    return first.plus(INTERVAL.multipliedBy(number * STEP % size).dividedBy(size));
  }

  /// All numbers, in the order in which they are due.
  List<Integer> inOrder() {
    return IntStream.range(0, size).boxed().sorted(Comparator.comparing(this::due)).toList();
  }

  private static IdlePeriod idle(Instant since) {
    return new IdlePeriod(
        since,
        StopReason.END_OF_TURN,
        CacheTier.BRIEF,
        PROMPT_TOKENS,
        CACHED_TOKENS,
        0,
        0,
        false,
        null,
        false);
  }

  /// Saves a conversation with its history.
  void save(int number, PromptStore store) {
    var due = due(number);
    var warming =
        new WarmingState(
            true,
            INTERVAL,
            Activity.IDLE,
            0,
            due,
            due.minus(INTERVAL),
            null,
            0,
            "",
            PauseReason.NONE,
            CacheProfile.UNKNOWN,
            null,
            idle(due.minus(INTERVAL)),
            "");
    var said =
        List.of(
            new Message(MessageRole.USER, new HistoryPart.Text(number + ". " + QUESTION)),
            new Message(MessageRole.ASSISTANT, new HistoryPart.Text(number + ". " + ANSWER)));
    store.append(id(number), said, null);
    store.save(new Conversation(id(number), MODEL, "", warming));
  }
}
