package io.stoker.prompts.simulator;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.prompts.CacheTerms;
import io.stoker.prompts.Prices;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.Usage;
import io.stoker.prompts.policy.Tier;
import io.stoker.prompts.policy.TierTerms;
import io.stoker.prompts.policy.Tiers;
import io.stoker.prompts.simulator.SimulatedFault.BreakingOff;
import io.stoker.prompts.simulator.SimulatedFault.Garbled;
import io.stoker.prompts.simulator.SimulatedFault.Hanging;
import io.stoker.prompts.simulator.SimulatedFault.RateLimited;
import io.stoker.prompts.simulator.SimulatedFault.Refused;
import io.stoker.prompts.simulator.SimulatedFault.Slow;
import io.stoker.prompts.simulator.SimulatedFault.Stalling;
import io.stoker.prompts.simulator.SimulatedFault.Unavailable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A provider that asks nobody: it says that it is simulated, and keeps a cache like a real one.
/// Thread-safe.
///
/// The cache remembers the beginnings of prompts for the [time][CacheTerms#timeToLive()] that
/// counts from the start of a request. A request reads the longest beginning that is remembered,
/// and thereby keeps it for as long again; it writes what follows up to the end of the history, and
/// a turn also up to the end of the prompt. Beginnings that are too short are neither read nor
/// written. Tokens are estimated: four characters each. All of it is forgotten with the process.
///
/// For tests and demonstrations, requests can be made to [go wrong][#misbehave].
public final class SimulatedProvider implements PromptProvider {

  /// Its [name][#name()].
  public static final String NAME = "simulator";

  private static final String VERSION = "1";
  private static final Duration HOUR = Duration.ofHours(1);

  /// How long entries of the longer tier live.
  private static final Duration LASTING = HOUR;

  private static final Prices PRICES =
      new Prices(1_000_000, 5_000_000, 100_000, 1_250_000, 2_000_000);

  private static final Duration LONG = Duration.ofDays(1);

  private final SimulatorSettings settings;
  private final Time time;
  private final SimulatedCache cache;
  private final Queue<SimulatedFault> faults = new ConcurrentLinkedQueue<>();
  private final LongAdder turns = new LongAdder();
  private final LongAdder warms = new LongAdder();
  private final AtomicInteger inFlight = new AtomicInteger();

  /// A simulator that remembers nothing yet.
  public SimulatedProvider(SimulatorSettings settings, Time time) {
    this.settings = settings;
    this.time = time;
    this.cache = new SimulatedCache(time);
  }

  /// What it was asked since it was made.
  ///
  /// @param turns requests for an answer, whatever became of them
  /// @param warms requests to keep the cache, whatever became of them
  /// @param inFlight how many requests are being answered right now
  /// @param remembered how many beginnings of prompts the cache holds
  public record Traffic(long turns, long warms, int inFlight, long remembered) {}

  /// What it was asked. Looks at the whole cache: not for each request.
  public Traffic traffic() {
    return new Traffic(turns.sum(), warms.sum(), inFlight.get(), cache.size());
  }

  /// Makes the next requests go wrong, after those that are to go wrong already.
  public void misbehave(int requests, SimulatedFault how) {
    faults.addAll(Collections.nCopies(requests, how));
  }

  /// Lets no more requests go wrong. Those that hang already are left to hang.
  public void behave() {
    faults.clear();
  }

  /// Empties the cache, as a provider does that needs the room.
  public void forget() {
    cache.clear();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public List<String> models() {
    return Stream.of(SimulatedModel.values()).map(SimulatedModel::title).toList();
  }

  @Override
  public CacheTerms terms(String model) {
    return SimulatedModel.of(model)
        .map(found -> found.terms(settings.terms()))
        .orElse(CacheTerms.UNKNOWN);
  }

  @Override
  public CacheTerms terms(String model, Tier tier) {
    var usual = terms(model);
    return tier == Tier.BRIEF || usual.timeToLive().compareTo(LASTING) >= 0
        ? usual
        : new CacheTerms(LASTING, usual.minimumTokens(), usual.refresh(), usual.instead());
  }

  @Override
  public Tier usualTier() {
    return Tier.BRIEF;
  }

  /// What it would cost if it were Anthropic's.
  @Override
  public Tiers tiers(String model) {
    var brief = terms(model).timeToLive();
    var lasting = terms(model, Tier.LASTING).timeToLive();
    return new Tiers(
        NAME + '/' + model,
        new TierTerms(brief, brief.multipliedBy(29).dividedBy(30), 12, 1.25, 0.1),
        lasting.equals(brief)
            ? null
            : new TierTerms(lasting, lasting.multipliedBy(11).dividedBy(12), 7, 2, 0.1));
  }

  /// Money that nobody pays: as much as for one of Anthropic's small models.
  @Override
  public Optional<Prices> prices(String model) {
    return Optional.of(PRICES);
  }

  @Override
  public Completion stream(PromptRequest request, DeltaListener listener)
      throws InterruptedException {
    turns.increment();
    inFlight.incrementAndGet();
    try {
      var model = model(request);
      var fault = faults.poll();
      reject(fault);
      var prompt = new SimulatedPrompt(request);
      var answer = SimulatedAnswer.to(request, model);
      var usage = reach(prompt, prompt.end(), terms(request), answer.tokens());
      pause(latency(fault));
      say(answer.pieces(), fault, listener);
      return new Completion("stop", usage);
    } finally {
      inFlight.decrementAndGet();
    }
  }

  @Override
  public Usage warm(PromptRequest request) throws InterruptedException {
    warms.increment();
    inFlight.incrementAndGet();
    try {
      model(request);
      var fault = faults.poll();
      reject(fault);
      var prompt = new SimulatedPrompt(request);
      var usage = reach(prompt, prompt.behindHistory(), terms(request), 1);
      pause(latency(fault));
      goWrong(fault, 0, true);
      return usage;
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private CacheTerms terms(PromptRequest request) {
    return terms(request.model(), request.tier() == null ? usualTier() : request.tier());
  }

  private static SimulatedModel model(PromptRequest request) {
    return SimulatedModel.of(request.model())
        .orElseThrow(() -> trouble(Code.REFUSED, "has no model named " + request.model(), null));
  }

  /// Does not let a request get as far as the cache.
  private void reject(@Nullable SimulatedFault fault) throws InterruptedException {
    switch (fault) {
      case RateLimited(var retryAfter) ->
          throw trouble(Code.RATE_LIMITED, "was asked too often", retryAfter);
      case Refused _ -> throw trouble(Code.REFUSED, "refuses this request", null);
      case Unavailable _ -> throw trouble(Code.UNAVAILABLE, "does not answer", null);
      case Garbled _ -> throw trouble(Code.BAD_ANSWER, "answered with what is no answer", null);
      case Hanging _ -> hang();
      case Stalling _, BreakingOff _, Slow _ -> {}
      case null -> {}
    }
  }

  private Duration latency(@Nullable SimulatedFault fault) {
    return fault instanceof Slow(var latency) ? latency : settings.latency();
  }

  private void say(List<Delta> pieces, @Nullable SimulatedFault fault, DeltaListener listener)
      throws InterruptedException {
    for (int said = 0; said < pieces.size(); said++) {
      goWrong(fault, said, false);
      if (said > 0) {
        pause(settings.pace());
      }
      listener.on(pieces.get(said));
    }
    goWrong(fault, pieces.size(), true);
  }

  /// Stops in the middle of an answer.
  private void goWrong(@Nullable SimulatedFault fault, int said, boolean atEnd)
      throws InterruptedException {
    if (fault instanceof Stalling(int pieces) && (atEnd || said >= pieces)) {
      hang();
    }
    if (fault instanceof BreakingOff(int pieces) && (atEnd || said >= pieces)) {
      throw trouble(Code.UNAVAILABLE, "broke off", null);
    }
  }

  private void hang() throws InterruptedException {
    while (true) {
      pause(LONG);
    }
  }

  /// Waits, and notices an interrupt even where there is nothing to wait for.
  private void pause(Duration length) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the simulator was interrupted");
    }
    if (length.isPositive()) {
      time.pause(length);
    }
  }

  /// Reads what is remembered of a prompt, and remembers it up to a cut.
  ///
  /// @param output what the model says to it, in tokens
  private Usage reach(SimulatedPrompt prompt, int lastCut, CacheTerms terms, long output) {
    int held = lastCut;
    while (held >= 0 && !cache.holds(prompt.prefix(held))) {
      held--;
    }
    long read = 0;
    if (held >= 0) {
      read = prompt.tokens(held);
      keep(prompt.prefix(held), terms);
    }
    long end = read;
    for (int cut = Math.max(held + 1, prompt.behindHistory()); cut <= lastCut; cut++) {
      if (prompt.tokens(cut) > 0 && prompt.tokens(cut) >= terms.minimumTokens()) {
        keep(prompt.prefix(cut), terms);
        end = prompt.tokens(cut);
      }
    }
    long written = end - read;
    boolean forAnHour = terms.timeToLive().compareTo(HOUR) >= 0;
    return new Usage(prompt.tokens(prompt.end()), output, read, written, forAnHour ? written : 0);
  }

  private void keep(long prefix, CacheTerms terms) {
    double share = shareKept(prefix ^ time.ticks().toNanos());
    cache.keep(prefix, Duration.ofNanos((long) (terms.timeToLive().toNanos() * share)));
  }

  /// The share of its time for which an entry is really kept: drawn by lot, but always the same for
  /// the same beginning at the same moment.
  private double shareKept(long lot) {
    if (settings.earlyEvictions() == 0) {
      return 1;
    }
    var random = new SplittableRandom(lot);
    return random.nextDouble() < settings.earlyEvictions() ? random.nextDouble() : 1;
  }

  private static CallException trouble(Code code, String what, @Nullable Duration retryAfter) {
    return new CallException(code, "the simulator " + what, retryAfter, null);
  }
}
