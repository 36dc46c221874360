package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.TextRules;
import io.stoker.Time;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import java.util.List;
import java.util.Optional;

/// Something that has models and keeps a cache of prompts. Thread-safe.
///
/// Calls block. An interrupt breaks the request off at once, on the wire as well.
public interface PromptProvider {

  /// Anthropic, by its Messages API.
  static PromptProvider anthropic(AnthropicSettings settings, ProviderFacts facts, Time time) {
    return new AnthropicProvider(settings, facts, time);
  }

  /// Models behind an OpenAI-compatible address: OpenAI itself, Ollama, vLLM, llama.cpp.
  static PromptProvider openAi(OpenAiSettings settings, ProviderFacts facts, Time time) {
    return new OpenAiProvider(settings, facts, time);
  }

  /// Its name, which stands before the slash in a model's full name. Without a slash.
  String name();

  /// Its version, for people.
  String version();

  /// The models it has, without its name.
  ///
  /// @throws CallException if it does not say
  List<String> models() throws InterruptedException;

  /// What holds of the cache of a model, for as long as the provider is set to keep entries.
  CacheProfile cacheProfile(String model);

  /// What holds of entries of a tier.
  CacheProfile cacheProfile(String model, CacheTier tier);

  /// The tier that requests without one of their own have.
  CacheTier defaultTier();

  /// What the tiers of a model's cache cost beside each other, for the policy.
  CacheTiers cacheTiers(String model);

  /// What the tokens of a model cost; empty if nobody has said.
  Optional<Prices> prices(String model);

  /// Asks a model for real.
  ///
  /// @param listener is told of each piece as it comes, on the calling thread
  /// @throws CallException if the answer does not come, or breaks off
  Completion stream(PromptRequest request, DeltaListener listener) throws InterruptedException;

  /// Asks a model for as little as it allows, so that its cache keeps the request's beginning.
  ///
  /// @throws CallException if it did not do so
  Usage warm(PromptRequest request) throws InterruptedException;

  /// Is told of an answer as it comes.
  interface DeltaListener {

    /// The next piece.
    void on(Delta delta);
  }

  /// A piece of an answer.
  sealed interface Delta {

    /// Some text, which may end in the middle of a character.
    record Text(String text) implements Delta {}

    /// Some thought, which may end in the middle of a character.
    record Reasoning(String text) implements Delta {}

    /// A whole call of a tool.
    ///
    /// @param input its arguments, as JSON
    record ToolCall(String toolCallId, String toolName, String input) implements Delta {

      /// Replaces what keeps the texts from being whole.
      public ToolCall {
        toolCallId = TextRules.sanitized(toolCallId);
        toolName = TextRules.sanitized(toolName);
        input = TextRules.sanitized(input);
      }
    }
  }

  /// How an answer ended.
  ///
  /// @param reason `stop`, `length`, `tool-calls`, `content-filter`, or what the provider calls it
  record Completion(String reason, Usage usage) {

    /// Replaces what keeps the reason from being whole.
    public Completion {
      reason = TextRules.sanitized(reason);
    }
  }
}
