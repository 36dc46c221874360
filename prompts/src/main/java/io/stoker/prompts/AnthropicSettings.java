package io.stoker.prompts;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;

/// How to talk to Anthropic.
///
/// @param uri where its API is, without `/v1`
/// @param key never logged
/// @param lifetime how long entries of its cache are to live
/// @param maxOutputTokens how many tokens a real answer may have
/// @param limits how long an answer may take
public record AnthropicSettings(
    URI uri, String key, EntryLifetime lifetime, int maxOutputTokens, CallTimeouts limits) {

  private static final URI API = URI.create("https://api.anthropic.com");
  private static final int MAX_OUTPUT_TOKENS = 16_000;

  /// How long entries of the cache are to live.
  public enum EntryLifetime {
    /// Five minutes after their last use. Writes cost a quarter more than input.
    FIVE_MINUTES,
    /// An hour. Writes cost twice the input.
    AN_HOUR
  }

  /// Entries for five minutes, answers of up to 16,000 tokens.
  public AnthropicSettings(String key) {
    this(API, key, EntryLifetime.FIVE_MINUTES, MAX_OUTPUT_TOKENS, OpenAiSettings.LIMITS);
  }

  /// Checks that there is a key, and that the address is one.
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

  /// The same at another address.
  public AnthropicSettings at(URI other) {
    return new AnthropicSettings(other, key, lifetime, maxOutputTokens, limits);
  }

  /// The same with entries that live for another time.
  public AnthropicSettings withLifetime(EntryLifetime other) {
    return new AnthropicSettings(uri, key, other, maxOutputTokens, limits);
  }

  /// The same with other limits.
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
