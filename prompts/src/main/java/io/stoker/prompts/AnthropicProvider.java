package io.stoker.prompts;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.AnthropicClientImpl;
import com.anthropic.core.ClientOptions;
import com.anthropic.core.LogLevel;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.AnthropicIoException;
import com.anthropic.errors.SseException;
import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.prompts.policy.Tier;
import io.stoker.prompts.policy.Tiers;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Anthropic, by its own SDK, whose requests go out by Stoker's own calls so that an interrupt
/// closes the connection. The SDK's retries are off: whether to try again is decided elsewhere.
/// Thread-safe.
final class AnthropicProvider implements PromptProvider {

  private static final String NAME = "anthropic";
  private static final String VERSION = "/v1";

  /// The longest answer: some 200 bytes of wrapping come with each few letters.
  private static final int MOST_BYTES = 256 << 20;

  private final AnthropicSettings settings;
  private final ProviderFacts facts;
  private final AnthropicClient client;
  private final SmallestAnswer smallest = new SmallestAnswer(0, 1);

  AnthropicProvider(AnthropicSettings settings, ProviderFacts facts, Time time) {
    this.settings = settings;
    this.facts = facts;
    this.client =
        new AnthropicClientImpl(
            ClientOptions.builder()
                .httpClient(
                    new AnthropicTransport(new HttpCalls(settings.limits(), MOST_BYTES, time)))
                .baseUrl(base(settings.uri()))
                .headers(headers(settings.key()))
                .maxRetries(0)
                .logLevel(LogLevel.OFF)
                .openTelemetry(false)
                .build());
  }

  /// The SDK adds the version itself.
  private static String base(URI uri) {
    var base = HttpCalls.base(uri);
    return base.endsWith(VERSION)
        ? HttpCalls.base(URI.create(base.substring(0, base.length() - VERSION.length())))
        : base;
  }

  private static Map<String, List<String>> headers(String key) {
    var headers = new HashMap<String, List<String>>();
    HttpCalls.bearer(key).forEach((name, value) -> headers.put(name, List.of(value)));
    return headers;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    var version = AnthropicClient.class.getPackage().getImplementationVersion();
    return "SDK " + (version == null ? "of an unknown version" : version);
  }

  @Override
  public List<String> models() throws InterruptedException {
    return asked(() -> {
      var ids = new ArrayList<String>();
      for (var model : client.models().list().autoPager()) {
        ids.add(model.id());
      }
      return List.copyOf(ids);
    });
  }

  @Override
  public CacheTerms terms(String model) {
    return terms(model, usualTier());
  }

  @Override
  public CacheTerms terms(String model, Tier tier) {
    var fullName = NAME + '/' + model;
    return switch (tier) {
      case BRIEF -> facts.terms(fullName);
      case LASTING -> facts.longTerms(fullName);
    };
  }

  @Override
  public Tier usualTier() {
    return switch (settings.kept()) {
      case FIVE_MINUTES -> Tier.BRIEF;
      case AN_HOUR -> Tier.LASTING;
    };
  }

  @Override
  public Tiers tiers(String model) {
    return facts.tiers(NAME + '/' + model);
  }

  @Override
  public Optional<Prices> prices(String model) {
    return facts.prices(NAME + '/' + model);
  }

  @Override
  public Completion stream(PromptRequest request, DeltaListener listener)
      throws InterruptedException {
    var turn = new AnthropicPrompt(request, tier(request)).turn(settings.longestAnswer());
    var answer = new AnthropicAnswer(listener);
    return asked(() -> {
      try (var events = client.messages().createStreaming(turn)) {
        var all = events.iterator();
        while (all.hasNext() && answer.hear(all.next())) {
          // The answer has told its listener.
        }
      }
      return answer.end();
    });
  }

  @Override
  public Usage warm(PromptRequest request) throws InterruptedException {
    var prompt = new AnthropicPrompt(request, tier(request));
    return asked(() ->
        smallest.of(
            request.model(),
            tokens -> AnthropicAnswer.usageOf(client.messages().create(prompt.warm(tokens)))));
  }

  private Tier tier(PromptRequest request) {
    return request.tier() == null ? usualTier() : request.tier();
  }

  /// Something that asks.
  private interface Asking<R> {
    R ask() throws InterruptedException;
  }

  /// Asks, and says what went wrong in the words of the port.
  private static <R> R asked(Asking<R> asking) throws InterruptedException {
    try {
      return asking.ask();
    } catch (AnthropicTransport.Interrupted | CallException | AnthropicException e) {
      throw trouble(e);
    }
  }

  /// The SDK wraps some of what its transport throws.
  private static CallException trouble(RuntimeException caught) throws InterruptedException {
    for (Throwable each = caught; each != null; each = each.getCause()) {
      if (each instanceof AnthropicTransport.Interrupted) {
        throw new InterruptedException();
      }
      if (each instanceof CallException call) {
        return call;
      }
    }
    return switch (caught) {
      case SseException said -> said(said);
      case AnthropicIoException broken ->
          new CallException(
              Code.UNAVAILABLE, "the answer broke off: " + broken.getMessage(), null, broken);
      case RuntimeException other ->
          new CallException(
              Code.BAD_ANSWER,
              "the answer cannot be understood: " + other.getMessage(),
              null,
              other);
    };
  }

  /// Its message is the status and what came, as JSON.
  private static CallException said(SseException trouble) {
    var message = String.valueOf(trouble.getMessage());
    try {
      var error = JsonObject.parse(message.substring(message.indexOf('{'))).object("error");
      return CallTrouble.said(
          error.text("type", ""), error.text("message", "it does not say why"), trouble);
    } catch (CallException | IndexOutOfBoundsException _) {
      return CallTrouble.said("", "it does not say why", trouble);
    }
  }
}
