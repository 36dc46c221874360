package io.stoker.prompts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Time;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The Anthropic Messages API: `POST /v1/messages`, which streams turns as server-sent events and
/// answers warms with one JSON object. Thread-safe.
final class AnthropicProvider implements PromptProvider {

  private static final String NAME = "anthropic";
  private static final String PATH = "/v1";
  private static final String VERSION = "2023-06-01";

  /// The response size limit: about 200 bytes of JSON come with each few letters.
  private static final int MAX_ANSWER_BYTES = 256 << 20;

  private final AnthropicSettings settings;
  private final ProviderFacts facts;
  private final HttpCalls calls;
  private final String base;
  private final Map<String, String> headers;
  private final MinimumOutputTokens smallest = new MinimumOutputTokens(0, 1);

  AnthropicProvider(AnthropicSettings settings, ProviderFacts facts, Time time) {
    this.settings = settings;
    this.facts = facts;
    this.calls = new HttpCalls(settings.limits(), MAX_ANSWER_BYTES, time);
    var address = HttpCalls.base(settings.uri());
    this.base = address.endsWith(PATH) ? address : address + PATH;
    this.headers = new LinkedHashMap<>(HttpCalls.bearer(settings.key()));
    headers.put("anthropic-version", VERSION);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return "Messages API " + VERSION;
  }

  @Override
  public List<String> models() throws InterruptedException {
    var ids = new ArrayList<String>();
    var next = "";
    while (next != null) {
      next = addModels(ids, next);
    }
    return List.copyOf(ids);
  }

  /// Adds a page of models.
  ///
  /// @return the query of the next page; null after the last
  private @Nullable String addModels(List<String> ids, String query) throws InterruptedException {
    var page =
        calls.get(
            URI.create(base + "/models" + query), headers, reply -> Json.object(reply.text()));
    Json.items(page.path("data")).forEach(model -> ids.add(model.path("id").asString()));
    var last = page.path("last_id").asString();
    return page.path("has_more").asBoolean() && !last.isEmpty()
        ? "?after_id=" + URLEncoder.encode(last, UTF_8)
        : null;
  }

  @Override
  public CacheProfile cacheProfile(String model) {
    return cacheProfile(model, defaultTier());
  }

  @Override
  public CacheProfile cacheProfile(String model, CacheTier tier) {
    var fullName = NAME + '/' + model;
    return switch (tier) {
      case BRIEF -> facts.cacheProfile(fullName);
      case LASTING -> facts.longCacheProfile(fullName);
    };
  }

  @Override
  public CacheTier defaultTier() {
    return switch (settings.lifetime()) {
      case FIVE_MINUTES -> CacheTier.BRIEF;
      case AN_HOUR -> CacheTier.LASTING;
    };
  }

  @Override
  public CacheTiers cacheTiers(String model) {
    return facts.cacheTiers(NAME + '/' + model);
  }

  @Override
  public Optional<Prices> prices(String model) {
    return facts.prices(NAME + '/' + model);
  }

  @Override
  public Completion stream(PromptRequest request, DeltaListener listener)
      throws InterruptedException {
    var prompt = new AnthropicPrompt(request, tier(request));
    var answer = new AnthropicAnswer(listener);
    return calls.post(
        messages(),
        headers,
        Json.write(prompt.turn(settings.maxOutputTokens())),
        reply -> {
          boolean more = true;
          while (more) {
            var data = reply.data();
            more = data != null && answer.add(Json.object(data));
          }
          return answer.end();
        });
  }

  @Override
  public Usage warm(PromptRequest request) throws InterruptedException {
    var prompt = new AnthropicPrompt(request, tier(request));
    return smallest.of(
        request.model(),
        tokens ->
            calls.post(
                messages(),
                headers,
                Json.write(prompt.warm(tokens)),
                reply -> AnthropicAnswer.usageOf(Json.object(reply.text()))));
  }

  private URI messages() {
    return URI.create(base + "/messages");
  }

  private CacheTier tier(PromptRequest request) {
    return request.tier() == null ? defaultTier() : request.tier();
  }
}
