package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.TextRules;
import io.stoker.Time;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import java.util.List;
import java.util.Optional;

/// An LLM provider with a prompt cache. Thread-safe.
///
/// Calls block. An interrupt aborts the request at once, including its connection.
public interface PromptProvider {

  /// Anthropic, by its Messages API.
  static PromptProvider anthropic(AnthropicSettings settings, ProviderFacts facts, Time time) {
    return new AnthropicProvider(settings, facts, time);
  }

  /// Models behind an OpenAI-compatible address: OpenAI itself, Ollama, vLLM, llama.cpp.
  static PromptProvider openAi(OpenAiSettings settings, ProviderFacts facts, Time time) {
    return new OpenAiProvider(settings, facts, time);
  }

  /// The name, which is the part before the slash of a model's full name. Contains no slash.
  String name();

  /// The API version, for display.
  String version();

  /// The names of its models, without the provider's name.
  ///
  /// @throws CallException if it does not list them
  List<String> models() throws InterruptedException;

  /// The cache profile of a model, in the default tier.
  CacheProfile cacheProfile(String model);

  /// The cache profile of a model in a tier.
  CacheProfile cacheProfile(String model, CacheTier tier);

  /// The tier of requests that do not ask for one.
  CacheTier defaultTier();

  /// The prices of a model's cache tiers, for the policy.
  CacheTiers cacheTiers(String model);

  /// The prices of a model; empty if unknown.
  Optional<Prices> prices(String model);

  /// Sends a turn.
  ///
  /// @param listener called with each delta, on the calling thread
  /// @throws CallException if the answer fails or breaks off
  Completion stream(PromptRequest request, DeltaListener listener) throws InterruptedException;

  /// Sends a warm, with as little output as the model allows.
  ///
  /// @throws CallException if it fails
  Usage warm(PromptRequest request) throws InterruptedException;

  /// Receives an answer as it is streamed.
  interface DeltaListener {

    /// The next piece.
    void on(Delta delta);
  }

  /// A piece of an answer.
  sealed interface Delta {

    /// Text, which may end in the middle of a surrogate pair.
    record Text(String text) implements Delta {}

    /// Reasoning, which may end in the middle of a surrogate pair.
    record Reasoning(String text) implements Delta {}

    /// A complete tool call.
    ///
    /// @param input its arguments, as JSON
    record ToolCall(String toolCallId, String toolName, String input) implements Delta {

      /// Replaces unpaired surrogates.
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

    /// Replaces unpaired surrogates.
    public Completion {
      reason = TextRules.sanitized(reason);
    }
  }
}
