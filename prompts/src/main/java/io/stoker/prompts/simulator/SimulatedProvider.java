package io.stoker.prompts.simulator;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.Prices;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.Usage;
import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import io.stoker.prompts.simulator.SimulatedFault.Disconnecting;
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

/// A provider without a model behind it: its answers say that they are simulated, and its cache
/// works like a real one. Thread-safe.
///
/// The cache keeps prefixes of prompts for a [time][CacheProfile#timeToLive()] from the start of a
/// request. A request reads the longest cached prefix, which renews it, and writes the rest up to
/// the end of the history; a turn also writes up to the end of the prompt. Prefixes below the
/// minimum length are neither read nor written. Tokens are estimated at four characters each.
/// Nothing survives the process.
///
/// For tests and demonstrations, requests can be made to [fail][#failNext].
public final class SimulatedProvider implements PromptProvider {

  /// Its [name][#name()].
  public static final String NAME = "simulator";

  private static final String VERSION = "1";
  private static final Duration HOUR = Duration.ofHours(1);

  /// The time to live of the longer tier.
  private static final Duration LASTING = HOUR;

  private static final Prices PRICES =
      new Prices(1_000_000, 5_000_000, 100_000, 1_250_000, 2_000_000);

  private static final Duration A_DAY = Duration.ofDays(1);

  private final SimulatorSettings settings;
  private final Time time;
  private final SimulatedCache cache;
  private final Queue<SimulatedFault> faults = new ConcurrentLinkedQueue<>();
  private final LongAdder turns = new LongAdder();
  private final LongAdder warms = new LongAdder();
  private final AtomicInteger inFlight = new AtomicInteger();

  /// A simulator with an empty cache.
  public SimulatedProvider(SimulatorSettings settings, Time time) {
    this.settings = settings;
    this.time = time;
    this.cache = new SimulatedCache(time);
  }

  /// Counts since it was created.
  ///
  /// @param turns requests for an answer, successful or not
  /// @param warms requests to warm the cache, successful or not
  /// @param inFlight requests being answered now
  /// @param remembered prefixes in the cache
  public record Traffic(long turns, long warms, int inFlight, long remembered) {}

  /// The counts. Scans the whole cache, so not to be called per request.
  public Traffic traffic() {
    return new Traffic(turns.sum(), warms.sum(), inFlight.get(), cache.size());
  }

  /// Makes the next requests fail, after the failures already requested.
  public void failNext(int requests, SimulatedFault how) {
    faults.addAll(Collections.nCopies(requests, how));
  }

  /// Cancels the failures not used yet. Requests that hang already go on hanging.
  public void clearFaults() {
    faults.clear();
  }

  /// Empties the cache, as a provider under memory pressure does.
  public void clearCache() {
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
  public CacheProfile cacheProfile(String model) {
    return SimulatedModel.of(model)
        .map(found -> found.cacheProfile(settings.cacheProfile()))
        .orElse(CacheProfile.UNKNOWN);
  }

  @Override
  public CacheProfile cacheProfile(String model, CacheTier tier) {
    var usual = cacheProfile(model);
    return tier == CacheTier.BRIEF || usual.timeToLive().compareTo(LASTING) >= 0
        ? usual
        : new CacheProfile(LASTING, usual.minimumTokens(), usual.refresh(), usual.instead());
  }

  @Override
  public CacheTier defaultTier() {
    return CacheTier.BRIEF;
  }

  /// Prices like those of Anthropic.
  @Override
  public CacheTiers cacheTiers(String model) {
    var brief = cacheProfile(model).timeToLive();
    var lasting = cacheProfile(model, CacheTier.LASTING).timeToLive();
    return new CacheTiers(
        NAME + '/' + model,
        new CachePricing(brief, brief.multipliedBy(29).dividedBy(30), 12, 1.25, 0.1),
        lasting.equals(brief)
            ? null
            : new CachePricing(lasting, lasting.multipliedBy(11).dividedBy(12), 7, 2, 0.1));
  }

  /// The prices of a small Anthropic model; nothing is charged.
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
      var usage = useCache(prompt, prompt.end(), cacheProfile(request), answer.tokens());
      pause(latency(fault));
      emit(answer.pieces(), fault, listener);
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
      var usage = useCache(prompt, prompt.historyEnd(), cacheProfile(request), 1);
      pause(latency(fault));
      injectFault(fault, 0, true);
      return usage;
    } finally {
      inFlight.decrementAndGet();
    }
  }

  private CacheProfile cacheProfile(PromptRequest request) {
    return cacheProfile(request.model(), request.tier() == null ? defaultTier() : request.tier());
  }

  private static SimulatedModel model(PromptRequest request) {
    return SimulatedModel.of(request.model())
        .orElseThrow(() -> error(Code.REFUSED, "has no model named " + request.model(), null));
  }

  /// Fails a request before it reaches the cache.
  private void reject(@Nullable SimulatedFault fault) throws InterruptedException {
    switch (fault) {
      case RateLimited(var retryAfter) ->
          throw error(Code.RATE_LIMITED, "is rate limited", retryAfter);
      case Refused _ -> throw error(Code.REFUSED, "refuses this request", null);
      case Unavailable _ -> throw error(Code.UNAVAILABLE, "does not answer", null);
      case Garbled _ -> throw error(Code.BAD_ANSWER, "sent an invalid response", null);
      case Hanging _ -> hang();
      case Stalling _, Disconnecting _, Slow _ -> {}
      case null -> {}
    }
  }

  private Duration latency(@Nullable SimulatedFault fault) {
    return fault instanceof Slow(var latency) ? latency : settings.latency();
  }

  private void emit(List<Delta> pieces, @Nullable SimulatedFault fault, DeltaListener listener)
      throws InterruptedException {
    for (int sent = 0; sent < pieces.size(); sent++) {
      injectFault(fault, sent, false);
      if (sent > 0) {
        pause(settings.pace());
      }
      listener.on(pieces.get(sent));
    }
    injectFault(fault, pieces.size(), true);
  }

  /// Stalls or disconnects in the middle of an answer.
  private void injectFault(@Nullable SimulatedFault fault, int sent, boolean atEnd)
      throws InterruptedException {
    if (fault instanceof Stalling(int pieces) && (atEnd || sent >= pieces)) {
      hang();
    }
    if (fault instanceof Disconnecting(int pieces) && (atEnd || sent >= pieces)) {
      throw error(Code.UNAVAILABLE, "broke off", null);
    }
  }

  private void hang() throws InterruptedException {
    while (true) {
      pause(A_DAY);
    }
  }

  /// Sleeps. Throws if interrupted, even if there is nothing to wait for.
  private void pause(Duration length) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the simulator was interrupted");
    }
    if (length.isPositive()) {
      time.pause(length);
    }
  }

  /// Reads the longest cached prefix of a prompt, and writes the rest up to an index.
  ///
  /// @param output the length of the answer, in tokens
  private Usage useCache(SimulatedPrompt prompt, int last, CacheProfile cacheProfile, long output) {
    int cached = last;
    while (cached >= 0 && !cache.holds(prompt.prefix(cached))) {
      cached--;
    }
    long read = 0;
    if (cached >= 0) {
      read = prompt.tokens(cached);
      put(prompt.prefix(cached), cacheProfile);
    }
    long end = read;
    for (int index = Math.max(cached + 1, prompt.historyEnd()); index <= last; index++) {
      if (prompt.tokens(index) > 0 && prompt.tokens(index) >= cacheProfile.minimumTokens()) {
        put(prompt.prefix(index), cacheProfile);
        end = prompt.tokens(index);
      }
    }
    long written = end - read;
    boolean cachedForHour = cacheProfile.timeToLive().compareTo(HOUR) >= 0;
    return new Usage(
        prompt.tokens(prompt.end()), output, read, written, cachedForHour ? written : 0);
  }

  private void put(long prefix, CacheProfile cacheProfile) {
    double share = lifetimeShare(prefix ^ time.ticks().toNanos());
    cache.put(prefix, Duration.ofNanos((long) (cacheProfile.timeToLive().toNanos() * share)));
  }

  /// The share of its time to live that an entry really gets: random, but always the same for the
  /// same prefix at the same time.
  private double lifetimeShare(long lot) {
    if (settings.earlyEvictions() == 0) {
      return 1;
    }
    var random = new SplittableRandom(lot);
    return random.nextDouble() < settings.earlyEvictions() ? random.nextDouble() : 1;
  }

  private static CallException error(Code code, String what, @Nullable Duration retryAfter) {
    return new CallException(code, "the simulator " + what, retryAfter, null);
  }
}
