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

/// All providers, and the model that is taken when nobody names one. Thread-safe.
///
/// A model's full name is its provider's name, a slash and its own name, which may hold slashes.
public final class PromptProviders {

  private static final Logger LOG = LoggerFactory.getLogger(PromptProviders.class);

  private static final Duration MODELS_PATIENCE = Duration.ofSeconds(5);

  private final List<PromptProvider> providers;
  private final String defaultModel;

  /// @param defaultModel the full name of a model of one of them
  /// @throws IllegalArgumentException if it is none, or two providers have the same name
  public PromptProviders(List<PromptProvider> providers, String defaultModel) {
    this.providers = List.copyOf(providers);
    this.defaultModel = defaultModel;
    var names = new HashSet<String>();
    for (var provider : providers) {
      if (!names.add(provider.name())) {
        throw new IllegalArgumentException("two providers are called " + provider.name());
      }
    }
    if (find(defaultModel).isEmpty()) {
      throw new IllegalArgumentException(
          "expected a model of one of the providers " + names + ", got " + defaultModel);
    }
  }

  /// A model of a provider.
  public record Choice(PromptProvider provider, String model) {

    /// The provider's name, a slash and the model's.
    public String fullName() {
      return provider.name() + '/' + model;
    }

    /// What holds of its cache.
    public CacheProfile cacheProfile() {
      return provider.cacheProfile(model);
    }

    /// What holds of entries of a tier.
    ///
    /// @param tier null for the usual one
    CacheProfile cacheProfile(@Nullable CacheTier tier) {
      return tier == null ? cacheProfile() : provider.cacheProfile(model, tier);
    }

    /// What the tiers of its cache cost.
    CacheTiers tiers() {
      return provider.cacheTiers(model);
    }

    /// What its tokens cost; empty if nobody has said.
    public Optional<Prices> prices() {
      return provider.prices(model);
    }
  }

  /// The model that a full name means; empty if there is no such provider. Whether the provider has
  /// such a model, it says itself when it is asked.
  ///
  /// @param fullName null or empty for the standard one
  public Optional<Choice> find(@Nullable String fullName) {
    var wanted = fullName == null || fullName.isEmpty() ? defaultModel : fullName;
    int slash = wanted.indexOf('/');
    if (slash < 1 || slash == wanted.length() - 1) {
      return Optional.empty();
    }
    var name = wanted.substring(0, slash);
    return providers.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .map(provider -> new Choice(provider, wanted.substring(slash + 1)));
  }

  /// The full names of all models that the providers list. One that does not answer within a few
  /// seconds is left out.
  ///
  /// @throws CallException if none answers
  public List<String> models() throws InterruptedException {
    return models(MODELS_PATIENCE);
  }

  List<String> models(Duration patience) throws InterruptedException {
    var lists = providers.stream().map(ModelList::ask).toList();
    var names = new ArrayList<String>();
    CallException error = null;
    try {
      awaitAll(lists, patience);
      for (var list : lists) {
        try {
          names.addAll(list.names(patience));
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

  private static void awaitAll(List<ModelList> lists, Duration patience)
      throws InterruptedException {
    var answers = lists.stream().map(ModelList::answer).toArray(CompletableFuture[]::new);
    try {
      var _ = CompletableFuture.allOf(answers).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      // Each says for itself what came of it.
    }
  }

  /// A provider that is asked for its models on a thread of its own.
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
      } catch (Throwable e) { // is thrown where the models are wanted
        answer.completeExceptionally(e);
      }
    }

    void cancel() {
      if (!answer.isDone()) {
        thread.interrupt();
      }
    }

    /// @throws CallException if the provider did not answer
    List<String> names(Duration patience) {
      if (!answer.isDone()) {
        var error = "no answer within " + patience.toSeconds() + " s";
        throw new CallException(CallException.Code.TIMED_OUT, error, null, null);
      }
      try {
        return answer.join().stream().map(model -> provider.name() + '/' + model).toList();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  /// All providers.
  public List<PromptProvider> all() {
    return providers;
  }

  /// The full name of the model that is taken when nobody names one.
  public String defaultModel() {
    return defaultModel;
  }
}
