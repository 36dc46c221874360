package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.CallException;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configured providers and the default model. Thread-safe.
///
/// A model's full name is `provider/model`; the model part may contain slashes.
public final class PromptProviders {

  private static final Logger LOG = LoggerFactory.getLogger(PromptProviders.class);

  private static final Duration MODELS_TIMEOUT = Duration.ofSeconds(5);

  private final List<PromptProvider> providers;
  private final String defaultModel;

  /// @param defaultModel the full name
  /// @throws IllegalArgumentException if the default model is of none of them, or two have the same
  ///   name
  public PromptProviders(List<PromptProvider> providers, String defaultModel) {
    this.providers = List.copyOf(providers);
    this.defaultModel = defaultModel;
    var names = new HashSet<String>();
    for (var provider : providers) {
      if (!names.add(provider.name())) {
        throw new IllegalArgumentException(
            "expected different provider names, got " + provider.name() + " twice");
      }
    }
    if (find(defaultModel).isEmpty()) {
      throw new IllegalArgumentException(
          "expected a model of one of the providers " + names + ", got " + defaultModel);
    }
  }

  /// A model of a provider.
  public record Choice(PromptProvider provider, String model) {

    public String fullName() {
      return provider.name() + '/' + model;
    }

    /// The cache profile in the default tier.
    public CacheProfile cacheProfile() {
      return provider.cacheProfile(model);
    }

    /// The cache profile in a tier.
    ///
    /// @param tier null for the default
    CacheProfile cacheProfile(@Nullable CacheTier tier) {
      return tier == null ? cacheProfile() : provider.cacheProfile(model, tier);
    }

    CacheTiers tiers() {
      return provider.cacheTiers(model);
    }

    /// Empty if its prices are unknown.
    public Optional<Prices> prices() {
      return provider.prices(model);
    }
  }

  /// Finds a model by its full name; empty if there is no such provider. Whether the provider has
  /// the model shows only in its response.
  ///
  /// @param fullName null or empty for the default model
  public Optional<Choice> find(@Nullable String fullName) {
    var requested = fullName == null || fullName.isEmpty() ? defaultModel : fullName;
    int slash = requested.indexOf('/');
    if (slash < 1 || slash == requested.length() - 1) {
      return Optional.empty();
    }
    var name = requested.substring(0, slash);
    return providers.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .map(provider -> new Choice(provider, requested.substring(slash + 1)));
  }

  /// The full names of all models. A provider that does not respond within a few seconds is left
  /// out.
  ///
  /// @throws CallException if none responds
  public List<String> models() throws InterruptedException {
    return models(MODELS_TIMEOUT);
  }

  List<String> models(Duration timeout) throws InterruptedException {
    var lists = providers.stream().map(ModelList::ask).toList();
    var names = new ArrayList<String>();
    CallException error = null;
    try {
      awaitAll(lists, timeout);
      for (var list : lists) {
        try {
          names.addAll(list.names(timeout));
        } catch (CallException e) {
          LOG.warn("{} does not list its models: {}", list.provider.name(), e.getMessage());
          error = e;
        }
      }
    } finally {
      lists.forEach(ModelList::cancel);
    }
    if (names.isEmpty() && error != null) {
      throw error;
    }
    return List.copyOf(names);
  }

  private static void awaitAll(List<ModelList> lists, Duration timeout)
      throws InterruptedException {
    var answers = lists.stream().map(ModelList::answer).toArray(CompletableFuture[]::new);
    try {
      var _ = CompletableFuture.allOf(answers).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      // Each list reports its own outcome.
    }
  }

  /// A request for the models of one provider, on a thread of its own.
  private record ModelList(
      PromptProvider provider, CompletableFuture<List<String>> answer, Thread thread) {

    static ModelList ask(PromptProvider provider) {
      var answer = new CompletableFuture<List<String>>();
      var thread = BackgroundTask.virtual("stoker-models", () -> answer(provider, answer));
      thread.start();
      return new ModelList(provider, answer, thread);
    }

    private static void answer(PromptProvider provider, CompletableFuture<List<String>> answer) {
      try {
        answer.complete(provider.models());
      } catch (Throwable e) { // rethrown by names()
        answer.completeExceptionally(e);
      }
    }

    void cancel() {
      if (!answer.isDone()) {
        thread.interrupt();
      }
    }

    /// @throws CallException if the provider did not respond
    List<String> names(Duration timeout) {
      if (!answer.isDone()) {
        var error = "no answer within " + timeout.toSeconds() + " s";
        throw new CallException(CallException.Code.TIMED_OUT, error, null, null);
      }
      try {
        return answer.join().stream().map(model -> provider.name() + '/' + model).toList();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  public List<PromptProvider> all() {
    return providers;
  }

  /// The full name of the model for conversations without one.
  public String defaultModel() {
    return defaultModel;
  }
}
