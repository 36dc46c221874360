package io.stoker.prompts;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where models behind an OpenAI-compatible address are, and how to talk to them.
///
/// @param name what stands before the slash in the full names of its models: `openai`, `ollama`,
///   `vllm`, `llamacpp`; what is known of it is looked up by this name
/// @param kind what it understands beyond what all do
/// @param uri what comes before `/chat/completions`, such as `https://api.openai.com/v1` (`/v1` is
///   put behind an address without a path)
/// @param key sent as `Authorization: Bearer …`; null for none. Never logged
/// @param limits how long an answer may take
public record OpenAiSettings(
    String name, Kind kind, URI uri, @Nullable String key, CallTimeouts limits) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,39}");

  /// Five minutes without a byte, for those who think for long; an hour altogether.
  static final CallTimeouts LIMITS = new CallTimeouts(Duration.ofMinutes(5), Duration.ofHours(1));

  /// What it understands beyond what all do.
  public enum Kind {
    /// OpenAI itself: keys and retention for its cache, `max_completion_tokens`.
    OPEN_AI,
    /// Ollama: `keep_alive`.
    OLLAMA,
    /// Nothing: vLLM, llama.cpp and everybody else who is compatible.
    COMPATIBLE
  }

  /// Checks name and address.
  public OpenAiSettings {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "expected a provider's name of up to 40 small letters, digits, dots, dashes and"
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

  /// An Ollama.
  public static OpenAiSettings ollama(URI uri) {
    return new OpenAiSettings("ollama", Kind.OLLAMA, uri, null, LIMITS);
  }

  /// Anybody else who is compatible.
  ///
  /// @param key null if it wants none
  public static OpenAiSettings compatible(String name, URI uri, @Nullable String key) {
    return new OpenAiSettings(name, Kind.COMPATIBLE, uri, key, LIMITS);
  }

  /// The same with other limits.
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
