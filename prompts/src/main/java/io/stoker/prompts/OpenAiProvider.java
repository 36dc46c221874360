package io.stoker.prompts;

import io.stoker.Digests;
import io.stoker.Time;
import io.stoker.prompts.OpenAiSettings.Kind;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import io.stoker.wire.ChatCompletions;
import io.stoker.wire.HttpCalls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A provider with an OpenAI-compatible API. Thread-safe.
///
/// Such providers cache prefixes automatically, without breakpoints; a warm only has to begin like
/// the next turn. So what differs between the two comes last in the request.
final class OpenAiProvider implements PromptProvider {

  /// The response size limit: about 200 bytes of JSON come with each token.
  private static final int MAX_ANSWER_BYTES = 256 << 20;

  /// The maximum length of OpenAI's `prompt_cache_key`.
  private static final int MAX_CACHE_KEY_LENGTH = 64;

  private final OpenAiSettings settings;
  private final ProviderFacts facts;
  private final ChatCompletions completions;
  private final MinimumOutputTokens smallest = new MinimumOutputTokens(1, 16);

  OpenAiProvider(OpenAiSettings settings, ProviderFacts facts, Time time) {
    this.settings = settings;
    this.facts = facts;
    this.completions =
        new ChatCompletions(
            new HttpCalls(settings.limits(), MAX_ANSWER_BYTES, time),
            settings.uri(),
            settings.key());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String version() {
    return "chat completions";
  }

  @Override
  public List<String> models() throws InterruptedException {
    return completions.models();
  }

  @Override
  public CacheProfile cacheProfile(String model) {
    return facts.cacheProfile(settings.name() + '/' + model);
  }

  /// There is only one tier.
  @Override
  public CacheProfile cacheProfile(String model, CacheTier tier) {
    return cacheProfile(model);
  }

  @Override
  public CacheTier defaultTier() {
    return CacheTier.BRIEF;
  }

  @Override
  public CacheTiers cacheTiers(String model) {
    var tiers = facts.cacheTiers(settings.name() + '/' + model);
    return new CacheTiers(tiers.model(), tiers.brief(), null);
  }

  @Override
  public Optional<Prices> prices(String model) {
    return facts.prices(settings.name() + '/' + model);
  }

  @Override
  public Completion stream(PromptRequest request, DeltaListener listener)
      throws InterruptedException {
    var answer = new OpenAiAnswer(listener);
    return answer.end(completions.stream(common(request), answer::add));
  }

  @Override
  public Usage warm(PromptRequest request) throws InterruptedException {
    var size = settings.kind() == Kind.OPEN_AI ? "max_completion_tokens" : "max_tokens";
    return smallest.of(
        request.model(),
        tokens -> {
          var body = common(request);
          body.put(size, tokens);
          return OpenAiAnswer.usage(completions.ask(body));
        });
  }

  /// The members that a warm and a turn have in common, in a fixed order, with the messages last.
  private Map<String, Object> common(PromptRequest request) {
    var body = new LinkedHashMap<String, Object>();
    body.put("model", request.model());
    var cacheProfile = cacheProfile(request.model());
    switch (settings.kind()) {
      case OPEN_AI -> {
        body.put("prompt_cache_key", cacheKey(request.conversationId()));
        if (cacheProfile.refresh() == CacheProfile.Refresh.REQUEST) {
          body.put("prompt_cache_retention", "24h");
        }
      }
      case OLLAMA -> body.put("keep_alive", cacheProfile.timeToLive().toSeconds() + "s");
      case COMPATIBLE -> {}
    }
    body.put("messages", messages(request));
    return body;
  }

  private static List<Map<String, Object>> messages(PromptRequest request) {
    var messages = new ArrayList<Map<String, Object>>();
    if (!request.system().isBlank()) {
      messages.add(message("system", request.system()));
    }
    for (var turn : Transcript.of(request.history()).and(request.prompt()).turns()) {
      switch (turn.side()) {
        case USER -> addUser(messages, turn);
        case MODEL -> messages.add(assistant(turn));
      }
    }
    return messages;
  }

  private static void addUser(List<Map<String, Object>> messages, Transcript.Turn turn) {
    for (var part : turn.parts()) {
      if (part instanceof Transcript.Result result) {
        var message = message("tool", result.content());
        message.put("tool_call_id", result.id());
        messages.add(message);
      }
    }
    var words = words(turn);
    if (!words.isEmpty()) {
      messages.add(message("user", words));
    }
  }

  private static Map<String, Object> assistant(Transcript.Turn turn) {
    var calls = new ArrayList<Map<String, Object>>();
    for (var part : turn.parts()) {
      if (part instanceof Transcript.Call call) {
        var function = new LinkedHashMap<String, Object>();
        function.put("name", call.name());
        function.put("arguments", call.input());
        var entry = new LinkedHashMap<String, Object>();
        entry.put("id", call.id());
        entry.put("type", "function");
        entry.put("function", function);
        calls.add(entry);
      }
    }
    var message = message("assistant", words(turn));
    if (!calls.isEmpty()) {
      message.put("tool_calls", calls);
    }
    return message;
  }

  private static Map<String, Object> message(String role, String content) {
    var message = new LinkedHashMap<String, Object>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  private static String words(Transcript.Turn turn) {
    var texts = new ArrayList<String>();
    for (var part : turn.parts()) {
      if (part instanceof Transcript.Words words) {
        texts.add(words.text());
      }
    }
    return String.join("\n\n", texts);
  }

  private static String cacheKey(String conversationId) {
    if (conversationId.length() <= MAX_CACHE_KEY_LENGTH) {
      return conversationId;
    }
    return Digests.sha256Hex(conversationId);
  }
}
