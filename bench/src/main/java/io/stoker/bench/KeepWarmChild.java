package io.stoker.bench;

import io.stoker.Time;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.CacheProfile.Refresh;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.Message;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.PromptSettings;
import io.stoker.prompts.PromptStore;
import io.stoker.prompts.PromptWarmer;
import io.stoker.prompts.WarmingPolicy;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.AdaptivePolicy;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/// The child JVM that keeps very many conversations warm by the adaptive policy, with all of Stoker
/// except for the network. The simulator caches an entry for five minutes from the start of a
/// request if the prompt has exactly the same prefix and is not too short, and evicts one in a
/// hundred early.
///
/// Arguments: the file of a SQLite database, or `memory`; the number of conversations; and for how
/// many seconds to keep them warm, 0 to only start.
public final class KeepWarmChild {

  /// The argument for a store in memory.
  static final String MEMORY = "memory";

  /// Bytes of a store in memory.
  static final String STORE = "store";

  /// Bytes of the warmer.
  static final String WARMER = "warmer";

  /// Nanoseconds from the start of the warmer until every timer is set.
  static final String RESTORED = "restored";

  /// Warms that were due.
  static final String DUE = "due";

  /// Warms that arrived.
  static final String CAME = "came";

  /// The median lateness in nanoseconds.
  static final String LATE_P50 = "late-p50";

  /// The 99th percentile of the lateness in nanoseconds.
  static final String LATE_P99 = "late-p99";

  /// The maximum lateness in nanoseconds.
  static final String LATE_MOST = "late-most";

  /// Published changes of conversations that went cold or whose warm failed.
  static final String LOST = "lost";

  /// Warms that found their entry evicted early by the simulator.
  static final String EVICTED = "evicted";

  /// The TTL of an entry.
  static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final double EARLY_EVICTIONS = 0.01;
  private static final int SHORTEST_PROMPT = 32;

  /// How long users were away in the learned history, for which eleven warms pay.
  private static final Duration AWAY = Duration.ofMinutes(55);

  private static final Duration AFTERWARDS = Duration.ofSeconds(3);
  private static final int WRITERS = 64;

  private final Time time = Time.system();
  private final int count;
  private final Duration length;

  private KeepWarmChild(int count, Duration length) {
    this.count = count;
    this.length = length;
  }

  /// Measures, and reports to the parent.
  public static void main(String[] args) throws Exception {
    var length = Duration.ofSeconds(Long.parseLong(args[2]));
    var child = new KeepWarmChild(Integer.parseInt(args[1]), length);
    if (args[0].equals(MEMORY)) {
      try (var store = PromptStore.inMemory()) {
        child.run(store, Duration.ofNanos(80_000));
      }
    } else {
      try (var state = StateDatabase.sqlite(Path.of(args[0]));
          var store = PromptStore.on(state)) {
        child.run(store, Duration.ofMillis(1));
      }
    }
  }

  /// @param each how long filling the store and starting may take per conversation
  private void run(PromptStore store, Duration each)
      throws InterruptedException, ExecutionException {
    var ready = Duration.ofSeconds(20).plus(each.multipliedBy(count));
    boolean measured = length.isPositive();
    var start = measured ? ready.plus(BenchConversations.INTERVAL) : ready;
    var crowd = new BenchConversations(count, time.now().plus(start));
    long empty = Heap.settled();
    fill(store, crowd);
    ChildReport.print(STORE, Heap.settled() - empty);
    var terms = new CacheProfile(TIME_TO_LIVE, SHORTEST_PROMPT, Refresh.PING, "");
    var settings = new SimulatorSettings(LATENCY, Duration.ZERO, terms, EARLY_EVICTIONS);
    var simulator = new SimulatedProvider(settings, time);
    store.saveLearned(learned(simulator));
    var provider = new LatenessRecorder(simulator, crowd, time);
    var providers = new PromptProviders(List.of(provider), BenchConversations.MODEL);
    var policy = new WarmingPolicy(PolicyMode.ADAPTIVE, null, 0, Map.of());
    try (var warmer =
        new PromptWarmer(store, providers, PromptSettings.STANDARD.with(policy), time)) {
      var lost = new LongAdder();
      var evicted = new LongAdder();
      warmer.listen(conversation -> {
        if (conversation.warming().pauseReason() == PauseReason.WROTE) {
          evicted.increment();
        } else if (isLost(conversation)) {
          lost.increment();
        }
      });
      restore(warmer);
      if (time.now()
          .isAfter(crowd.first().minus(measured ? BenchConversations.INTERVAL : Duration.ZERO))) {
        throw new IllegalStateException(
            "the first warm was due before all was ready; is the machine busy with something else?");
      }
      requireAll(warmer);
      if (measured) {
        var turns = Thread.ofVirtual().start(() -> holdTurns(simulator, store, crowd));
        measure(provider, crowd, lost, evicted);
        turns.interrupt();
        turns.join();
      }
    }
  }

  /// A learned history of users who come back late.
  private static List<LearnedCounts> learned(SimulatedProvider simulator) {
    var policy = new AdaptivePolicy();
    for (int i = 0; i < 1_000; i++) {
      policy.returned("", StopReason.END_OF_TURN, simulator.cacheTiers("small"), AWAY);
    }
    return policy.changed();
  }

  /// Puts each conversation's prompt into the provider's cache an interval before its first warm is
  /// due, as its last turn would have.
  private void holdTurns(SimulatedProvider simulator, PromptStore store, BenchConversations crowd) {
    try (var turns = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int number : crowd.inOrder()) {
        var wait =
            Duration.between(time.now(), crowd.due(number).minus(BenchConversations.INTERVAL));
        if (wait.isPositive()) {
          time.pause(wait);
        }
        var history =
            store.history(BenchConversations.id(number), 0).stream()
                .map(stored -> new Message(stored.role(), stored.part()))
                .toList();
        var request =
            new PromptRequest(
                BenchConversations.id(number), "small", "", history, "", CacheTier.BRIEF);
        turns.execute(() -> ask(simulator, request));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void ask(SimulatedProvider simulator, PromptRequest request) {
    try {
      simulator.warm(request);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void fill(PromptStore store, BenchConversations crowd)
      throws InterruptedException, ExecutionException {
    try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      var filling = new ArrayList<Future<?>>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int from = writer;
        filling.add(
            writers.submit(() -> {
              for (int i = from; i < count; i += WRITERS) {
                crowd.save(i, store);
              }
            }));
      }
      for (var each : filling) {
        each.get();
      }
    }
  }

  private static boolean isLost(Conversation conversation) {
    var warming = conversation.warming();
    return warming.failures() > 0 || warming.pauseReason() != PauseReason.NONE;
  }

  private void restore(PromptWarmer warmer) throws InterruptedException {
    long before = Heap.settled();
    var start = time.ticks();
    warmer.start();
    ChildReport.print(RESTORED, time.ticks().minus(start));
    ChildReport.print(WARMER, Heap.settled() - before);
  }

  private void requireAll(PromptWarmer warmer) {
    if (warmer.scheduled() != count) {
      throw new IllegalStateException(
          "expected " + count + " timers to be set, got " + warmer.scheduled());
    }
  }

  private void measure(
      LatenessRecorder provider, BenchConversations crowd, LongAdder lost, LongAdder evicted)
      throws InterruptedException {
    time.pause(Duration.between(time.now(), crowd.first()));
    long processor = ChildReport.processorTime();
    var start = time.ticks();
    ChildReport.print(ChildReport.BEGUN, 1);
    time.pause(length);
    ChildReport.print(ChildReport.CPU, ChildReport.processorTime() - processor);
    ChildReport.print(ChildReport.TOOK, time.ticks().minus(start));
    time.pause(AFTERWARDS);
    var end = crowd.first().plus(length);
    var late = provider.late(end);
    ChildReport.print(DUE, provider.due(end));
    ChildReport.print(CAME, late.size());
    ChildReport.print(LATE_P50, Statistics.quantile(late, 0.5));
    ChildReport.print(LATE_P99, Statistics.quantile(late, 0.99));
    ChildReport.print(LATE_MOST, late.getLast());
    ChildReport.print(LOST, lost.sum());
    ChildReport.print(EVICTED, evicted.sum());
  }
}
