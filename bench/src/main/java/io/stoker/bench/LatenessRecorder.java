package io.stoker.bench;

import io.stoker.Time;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.Prices;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.Usage;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/// A provider decorator that records how late the first warm of each conversation arrives.
/// Thread-safe.
final class LatenessRecorder implements PromptProvider {

  private static final int NOT_YET = Integer.MIN_VALUE;

  private final PromptProvider provider;
  private final BenchConversations crowd;
  private final Time time;
  private final AtomicIntegerArray microseconds;

  LatenessRecorder(PromptProvider provider, BenchConversations crowd, Time time) {
    this.provider = provider;
    this.crowd = crowd;
    this.time = time;
    this.microseconds = new AtomicIntegerArray(crowd.size());
    for (int i = 0; i < crowd.size(); i++) {
      microseconds.set(i, NOT_YET);
    }
  }

  /// The number of conversations due before an instant.
  int due(Instant end) {
    return (int) numbersDue(end).count();
  }

  /// The lateness of each of them, sorted, without those whose warm has not arrived.
  List<Duration> late(Instant end) {
    return numbersDue(end)
        .map(microseconds::get)
        .filter(late -> late != NOT_YET)
        .sorted()
        .mapToObj(late -> Duration.ofNanos(1000L * late))
        .toList();
  }

  private IntStream numbersDue(Instant end) {
    return IntStream.range(0, crowd.size()).filter(i -> crowd.due(i).isBefore(end));
  }

  @Override
  public Usage warm(PromptRequest request) throws InterruptedException {
    int number = BenchConversations.number(request.conversationId());
    long late = Duration.between(crowd.due(number), time.now()).toNanos() / 1000;
    microseconds.compareAndSet(number, NOT_YET, (int) late);
    return provider.warm(request);
  }

  @Override
  public Completion stream(PromptRequest request, DeltaListener listener)
      throws InterruptedException {
    return provider.stream(request, listener);
  }

  @Override
  public String name() {
    return provider.name();
  }

  @Override
  public String version() {
    return provider.version();
  }

  @Override
  public List<String> models() throws InterruptedException {
    return provider.models();
  }

  @Override
  public CacheProfile cacheProfile(String model, CacheTier tier) {
    return provider.cacheProfile(model, tier);
  }

  @Override
  public CacheTier defaultTier() {
    return provider.defaultTier();
  }

  @Override
  public CacheTiers cacheTiers(String model) {
    return provider.cacheTiers(model);
  }

  @Override
  public Optional<Prices> prices(String model) {
    return provider.prices(model);
  }

  @Override
  public CacheProfile cacheProfile(String model) {
    return provider.cacheProfile(model);
  }
}
