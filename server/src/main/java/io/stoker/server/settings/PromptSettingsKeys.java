package io.stoker.server.settings;

import io.stoker.CallException;
import io.stoker.CallTimeouts;
import io.stoker.Time;
import io.stoker.prompts.AnthropicSettings;
import io.stoker.prompts.AnthropicSettings.EntryLifetime;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.OpenAiSettings;
import io.stoker.prompts.OpenAiSettings.Kind;
import io.stoker.prompts.PromptLimits;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.PromptSettings;
import io.stoker.prompts.ProviderFacts;
import io.stoker.prompts.WarmingPolicy;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.server.wire.DollarFormat;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The settings under `stoker.prompts.`. `toString` shows no secrets.
///
/// @param model default model of requests that name none, as `provider/model`; null for a small
///   model of the first provider
/// @param system system prompt of chats; empty for none
/// @param policy warming policy of conversations
/// @param dailyBudget maximum cost of all warms a day (UTC), in dollars; null for no limit
/// @param warmsPerMinute maximum number of warms a minute for each provider; 0 for no limit
/// @param tenants settings of single tenants, by name
/// @param interval time from a request to the next warm
/// @param warmTimeout how long a warm may take
/// @param warmsInFlight maximum number of concurrent warms
/// @param anthropicKey API key of Anthropic; null for `ANTHROPIC_API_KEY`, if that is set and
///   `anthropic-url` is not
/// @param anthropicUrl base URL of an Anthropic-compatible API; null for Anthropic's own
/// @param anthropicCache TTL of prompts in Anthropic's cache: `5m` or `1h`
/// @param openaiUrl base URL of an OpenAI-compatible API; null for OpenAI's own if a key is set,
///   otherwise for none
/// @param openaiKey API key for it; null for none
/// @param openaiName provider name of its models, before the slash; null for `openai`
/// @param factsFile file with prices and cache terms of further models; null for none
/// @param mostConversations maximum number of conversations; 0 for no limit
/// @param mostConversationsOfTenant maximum number of conversations of each tenant, and of all
///   conversations without a tenant; 0 for no limit
/// @param mostChunks maximum number of chunks in a conversation's history, after which it accepts
///   no more turns; 0 for no limit
/// @param mostCharacters the same for the total length of the chunks; 0 for no limit
/// @param deleteAfterDays days without a turn, warm or change after which a conversation is
///   deleted; 0 for never
/// @param origins origins of other web pages that may use chats, such as `https://chat.example.com`
/// @param socketPort additional port for WebSockets of old clients; 0 for none
/// @param simulator the simulated provider
public record PromptSettingsKeys(
    @Nullable String model,
    @DefaultValue("") String system,
    @DefaultValue("interval") PolicyMode policy,
    @Nullable String dailyBudget,
    @DefaultValue("0") int warmsPerMinute,
    @DefaultValue Map<String, Tenant> tenants,
    @DefaultValue("4m") Duration interval,
    @DefaultValue("1m") Duration warmTimeout,
    @DefaultValue("1000") int warmsInFlight,
    @Nullable String anthropicKey,
    @Nullable String anthropicUrl,
    @DefaultValue("5m") Duration anthropicCache,
    @Nullable String openaiUrl,
    @Nullable String openaiKey,
    @Nullable String openaiName,
    @Nullable String factsFile,
    @DefaultValue("1000000") long mostConversations,
    @DefaultValue("0") long mostConversationsOfTenant,
    @DefaultValue("20000") long mostChunks,
    @DefaultValue("4000000") long mostCharacters,
    @DefaultValue("0") int deleteAfterDays,
    @DefaultValue List<String> origins,
    @DefaultValue("0") int socketPort,
    @DefaultValue Simulator simulator) {

  private static final Logger LOG = LoggerFactory.getLogger(PromptSettingsKeys.class);
  private static final String PREFIX = "stoker.prompts.";
  private static final Pattern ORIGIN = Pattern.compile("https?://[^\\s/?#@]+");
  private static final int HIGHEST_PORT = 65_535;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  // The default models: small ones.
  private static final String ANTHROPIC_MODEL = "claude-haiku-4-5";
  private static final String OPENAI_MODEL = "gpt-5-mini";
  private static final String OPENAI_HOST = "api.openai.com";

  /// For listing models at startup, which must not wait long for a provider.
  private static final CallTimeouts QUICK =
      new CallTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(5));

  /// The settings of one tenant.
  ///
  /// @param policy warming policy of its conversations; null for the general one
  /// @param dailyBudget maximum cost of its warms a day (UTC), in dollars; null for no limit
  public record Tenant(@Nullable PolicyMode policy, @Nullable String dailyBudget) {}

  /// The settings of the simulated provider, which makes no calls.
  ///
  /// @param enabled whether the simulator is offered; null for only if there is no other provider
  /// @param latency time to the first chunk of a simulated answer
  /// @param pace time between two chunks of a simulated answer
  /// @param ttl TTL of entries in the simulated cache
  public record Simulator(
      @Nullable Boolean enabled,
      @DefaultValue("200ms") Duration latency,
      @DefaultValue("25ms") Duration pace,
      @DefaultValue("5m") Duration ttl) {

    private PromptProvider provider(Time time) {
      var terms = SimulatorSettings.STANDARD.cacheProfile();
      return new SimulatedProvider(
          new SimulatorSettings(
              latency,
              pace,
              new CacheProfile(ttl, terms.minimumTokens(), terms.refresh(), terms.instead()),
              SimulatorSettings.STANDARD.earlyEvictions()),
          time);
    }
  }

  /// @throws InvalidValueException naming the first invalid setting
  void check() {
    require(
        interval.compareTo(WarmingState.MIN_INTERVAL) >= 0
            && interval.compareTo(WarmingState.MAX_INTERVAL) <= 0,
        "interval",
        "expected 1s to 24h, got " + DurationFormat.format(interval));
    require(warmTimeout.isPositive(), "warm-timeout", "expected more than 0s, got 0s");
    require(warmsInFlight >= 1, "warms-in-flight", "expected at least 1, got " + warmsInFlight);
    warmingPolicy();
    requireLimit("most-conversations", mostConversations);
    requireLimit("most-conversations-of-tenant", mostConversationsOfTenant);
    requireLimit("most-chunks", mostChunks);
    requireLimit("most-characters", mostCharacters);
    requireLimit("delete-after-days", deleteAfterDays);
    require(
        socketPort >= 0 && socketPort <= HIGHEST_PORT,
        "socket-port",
        "expected 0 to " + HIGHEST_PORT + ", got " + socketPort);
    for (var origin : origins) {
      require(
          ORIGIN.matcher(origin.strip()).matches(),
          "origins",
          "expected http://host:port or https://host, got \"" + origin + "\"");
    }
    require(
        !simulator.latency.isNegative() && !simulator.pace.isNegative(),
        "simulator.pace",
        "expected at least 0s, got less");
    require(simulator.ttl.isPositive(), "simulator.ttl", "expected more than 0s, got 0s");
    require(
        anthropicCache.equals(FIVE_MINUTES) || anthropicCache.equals(HOUR),
        "anthropic-cache",
        "expected 5m or 1h, got " + DurationFormat.format(anthropicCache));
    ServerUrl.check(PREFIX + "anthropic-url", anthropicUrl);
    ServerUrl.check(PREFIX + "openai-url", openaiUrl);
    require(
        !isSet(anthropicUrl) || isSet(anthropicKey),
        "anthropic-key",
        "expected an API key for anthropic-url, got none");
  }

  private static void requireLimit(String key, long value) {
    require(value >= 0, key, "expected at least 0, got " + value);
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  /// A copy with the key from the environment, unless a key is set, or a URL to which that key
  /// would leak.
  PromptSettingsKeys withAnthropicKey(@Nullable String found) {
    return isSet(anthropicKey) || isSet(anthropicUrl) || !isSet(found)
        ? this
        : new PromptSettingsKeys(
            model,
            system,
            policy,
            dailyBudget,
            warmsPerMinute,
            tenants,
            interval,
            warmTimeout,
            warmsInFlight,
            found,
            anthropicUrl,
            anthropicCache,
            openaiUrl,
            openaiKey,
            openaiName,
            factsFile,
            mostConversations,
            mostConversationsOfTenant,
            mostChunks,
            mostCharacters,
            deleteAfterDays,
            origins,
            socketPort,
            simulator);
  }

  private static void require(boolean holds, String key, String problem) {
    if (!holds) {
      throw new InvalidValueException(PREFIX + key, problem);
    }
  }

  public PromptSettings settings() {
    return new PromptSettings(interval, system, warmTimeout, warmsInFlight, warmingPolicy())
        .with(
            new PromptLimits(
                mostConversations,
                mostConversationsOfTenant,
                mostChunks,
                mostCharacters,
                deleteAfterDays == 0 ? null : deleteAfterDays));
  }

  /// @throws InvalidValueException if an amount or a tenant's name is invalid
  WarmingPolicy warmingPolicy() {
    require(warmsPerMinute >= 0, "warms-per-minute", "expected at least 0, got " + warmsPerMinute);
    var named = new HashMap<String, WarmingPolicy.Tenant>();
    tenants.forEach((name, tenant) -> {
      require(
          Conversation.isId(name),
          "tenants",
          "expected names of 1 to "
              + Conversation.MAX_ID_LENGTH
              + " characters without control characters, got \""
              + name
              + "\"");
      var budget = micros("tenants." + name + ".daily-budget", tenant.dailyBudget);
      named.put(name, new WarmingPolicy.Tenant(tenant.policy, budget));
    });
    return new WarmingPolicy(policy, micros("daily-budget", dailyBudget), warmsPerMinute, named);
  }

  private static @Nullable Long micros(String key, @Nullable String dollars) {
    return dollars == null || dollars.isBlank() ? null : of(key, () -> DollarFormat.parse(dollars));
  }

  /// The allowed origins, normalized as browsers send them.
  public List<String> knownOrigins() {
    return origins.stream().map(origin -> origin.strip().toLowerCase(Locale.ROOT)).toList();
  }

  /// All configured providers and the default model.
  ///
  /// @param wrapper decorates each provider
  /// @throws InvalidValueException if there is no provider, or none for the configured model
  public PromptProviders providers(UnaryOperator<PromptProvider> wrapper, Time time) {
    var providers = all(time).stream().map(wrapper).toList();
    var standard = isSet(model) ? String.valueOf(model).strip() : defaultModel(time);
    return of("model", () -> new PromptProviders(providers, standard));
  }

  /// All configured providers. Calls none of them.
  ///
  /// @throws InvalidValueException if there is none
  public List<PromptProvider> all(Time time) {
    var facts = facts();
    var providers = new ArrayList<PromptProvider>();
    if (isSet(anthropicKey)) {
      providers.add(of("anthropic-key", () -> PromptProvider.anthropic(anthropic(), facts, time)));
    }
    if (hasOpenAi()) {
      providers.add(of("openai-url", () -> PromptProvider.openAi(openAi(), facts, time)));
    }
    if (simulator.enabled == null ? providers.isEmpty() : simulator.enabled) {
      providers.add(simulator.provider(time));
    }
    require(
        !providers.isEmpty(),
        "simulator.enabled",
        "expected true without other providers, got false");
    return providers;
  }

  private boolean hasOpenAi() {
    return isSet(openaiUrl) || isSet(openaiKey);
  }

  private String defaultModel(Time time) {
    if (isSet(anthropicKey)) {
      return "anthropic/" + ANTHROPIC_MODEL;
    }
    return hasOpenAi() ? openAiModel(facts(), time) : SimulatedProvider.NAME + "/small";
  }

  private static <T> T of(String key, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new InvalidValueException(PREFIX + key, String.valueOf(e.getMessage()));
    }
  }

  private ProviderFacts facts() {
    var file = factsFile;
    return file == null || file.isBlank()
        ? ProviderFacts.standard()
        : of("facts-file", () -> ProviderFacts.from(Path.of(file.strip())));
  }

  private AnthropicSettings anthropic() {
    var settings = new AnthropicSettings(String.valueOf(anthropicKey).strip());
    var url = anthropicUrl;
    if (url != null && !url.isBlank()) {
      settings = settings.at(URI.create(url.strip()));
    }
    return anthropicCache.equals(HOUR) ? settings.withLifetime(EntryLifetime.AN_HOUR) : settings;
  }

  private OpenAiSettings openAi() {
    var key = isSet(openaiKey) ? String.valueOf(openaiKey).strip() : null;
    var name = isSet(openaiName) ? String.valueOf(openaiName).strip() : "openai";
    var url = openaiUrl;
    if (url == null || url.isBlank()) {
      return OpenAiSettings.openAi(String.valueOf(key));
    }
    var uri = URI.create(url.strip());
    var plain = OpenAiSettings.compatible(name, uri, key);
    if (OPENAI_HOST.equals(uri.getHost())) {
      return new OpenAiSettings(name, Kind.OPEN_AI, uri, key, plain.limits());
    }
    return name.equals("ollama")
        ? new OpenAiSettings(name, Kind.OLLAMA, uri, key, plain.limits())
        : plain;
  }

  /// A model that exists: at OpenAI a fixed one, otherwise the first that the provider lists.
  private String openAiModel(ProviderFacts facts, Time time) {
    var settings = openAi();
    if (settings.kind() == Kind.OPEN_AI) {
      return settings.name() + "/" + OPENAI_MODEL;
    }
    try {
      var models = PromptProvider.openAi(settings.within(QUICK), facts, time).models();
      if (!models.isEmpty()) {
        return settings.name() + "/" + models.getFirst();
      }
    } catch (CallException e) {
      LOG.warn("The models of the provider could not be listed: {}", e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    LOG.warn("Requests without a model will be rejected. Set STOKER_PROMPTS_MODEL");
    return settings.name() + "/default";
  }

  @Override
  public String toString() {
    return "prompts" + (isSet(model) ? " by " + model : "");
  }
}
