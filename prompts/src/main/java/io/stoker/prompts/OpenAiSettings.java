package io.stoker.prompts;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The settings of a provider with an OpenAI-compatible API.
///
/// @param name the provider's name in full model names: `openai`, `ollama`, `vllm`, `llamacpp`; its
///   [ProviderFacts] are found by it
/// @param kind its extensions of the API
/// @param uri the base URL before `/chat/completions`, such as `https://api.openai.com/v1`; `/v1`
///   is appended if it has no path
/// @param key sent as `Authorization: Bearer …`; null for none. Never logged
/// @param limits timeouts of a response
public record OpenAiSettings(
    String name, Kind kind, URI uri, @Nullable String key, CallTimeouts limits) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,39}");

  /// Five minutes without a byte, for models that think for long; an hour in all.
  static final CallTimeouts LIMITS = new CallTimeouts(Duration.ofMinutes(5), Duration.ofHours(1));

  /// The extensions of the API that a provider supports.
  public enum Kind {
    /// OpenAI itself: keys and retention for its cache, `max_completion_tokens`.
    OPEN_AI,
    /// Ollama: `keep_alive`.
    OLLAMA,
    /// None: vLLM, llama.cpp and other compatible servers.
    COMPATIBLE
  }

  /// Checks name and address.
  public OpenAiSettings {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "expected a provider's name of up to 40 lower-case letters, digits, dots, dashes and"
              + " underscores, got \""
              + name
              + '"');
    }
    HttpCalls.check(uri);
  }

  /// OpenAI itself.
  public static OpenAiSettings openAi(String key) {
    return new OpenAiSettings(
        "openai", Kind.OPEN_AI, URI.create("https://api.openai.com/v1"), key, LIMITS);
  }

  /// An Ollama server.
  public static OpenAiSettings ollama(URI uri) {
    return new OpenAiSettings("ollama", Kind.OLLAMA, uri, null, LIMITS);
  }

  /// Any other compatible server.
  ///
  /// @param key null for none
  public static OpenAiSettings compatible(String name, URI uri, @Nullable String key) {
    return new OpenAiSettings(name, Kind.COMPATIBLE, uri, key, LIMITS);
  }

  public OpenAiSettings within(CallTimeouts others) {
    return new OpenAiSettings(name, kind, uri, key, others);
  }

  /// Without the key.
  @Override
  public String toString() {
    return "OpenAiSettings["
        + name
        + ' '
        + kind
        + " at "
        + uri.getScheme()
        + "://"
        + uri.getAuthority()
        + ']';
  }
}
