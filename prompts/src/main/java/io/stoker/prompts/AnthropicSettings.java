package io.stoker.prompts;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;

/// The settings of the Anthropic provider.
///
/// @param uri the base URL, without `/v1`
/// @param key never logged
/// @param lifetime the default time to live of cache entries
/// @param maxOutputTokens the output limit of turns
/// @param limits timeouts of a response
public record AnthropicSettings(
    URI uri, String key, EntryLifetime lifetime, int maxOutputTokens, CallTimeouts limits) {

  private static final URI API = URI.create("https://api.anthropic.com");
  private static final int MAX_OUTPUT_TOKENS = 16_000;

  /// The time to live of cache entries.
  public enum EntryLifetime {
    /// Five minutes after their last use. Writes cost a quarter more than input.
    FIVE_MINUTES,
    /// An hour. Writes cost twice the input.
    AN_HOUR
  }

  /// Cache entries for five minutes, and answers of up to 16,000 tokens.
  public AnthropicSettings(String key) {
    this(API, key, EntryLifetime.FIVE_MINUTES, MAX_OUTPUT_TOKENS, OpenAiSettings.LIMITS);
  }

  /// Checks the key, the URL and the limit.
  public AnthropicSettings {
    HttpCalls.check(uri);
    if (key.isBlank()) {
      throw new IllegalArgumentException("expected a key of Anthropic, got none");
    }
    if (maxOutputTokens < 1) {
      throw new IllegalArgumentException(
          "expected answers of at least 1 token, got " + maxOutputTokens);
    }
  }

  public AnthropicSettings at(URI other) {
    return new AnthropicSettings(other, key, lifetime, maxOutputTokens, limits);
  }

  public AnthropicSettings withLifetime(EntryLifetime other) {
    return new AnthropicSettings(uri, key, other, maxOutputTokens, limits);
  }

  public AnthropicSettings within(CallTimeouts others) {
    return new AnthropicSettings(uri, key, lifetime, maxOutputTokens, others);
  }

  /// Without the key.
  @Override
  public String toString() {
    return "AnthropicSettings["
        + uri.getScheme()
        + "://"
        + uri.getAuthority()
        + ", "
        + lifetime
        + ", "
        + maxOutputTokens
        + ']';
  }
}
