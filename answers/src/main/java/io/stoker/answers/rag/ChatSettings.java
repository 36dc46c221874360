package io.stoker.answers.rag;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Address and credentials of the chat model that writes the answers.
///
/// @param format kind of API
/// @param uri `http://127.0.0.1:11434` for Ollama; otherwise the part before `/chat/completions`,
///   such as `https://api.openai.com/v1` (`/v1` is appended to an address without a path)
/// @param model its name, such as `llama3.2`
/// @param key sent as `Authorization: Bearer …`; null for none. Never logged
/// @param limits how long an answer may take
public record ChatSettings(
    Format format, URI uri, String model, @Nullable String key, CallTimeouts limits) {

  /// Kind of API. All are called by the OpenAI protocol.
  public enum Format {
    /// Ollama: the address has no `/v1`, and the temperature is 0.
    OLLAMA,
    /// OpenAI, and all compatible APIs.
    OPEN_AI
  }

  /// Checks the address and the name.
  public ChatSettings {
    HttpCalls.check(uri);
    if (model.isBlank()) {
      throw new IllegalArgumentException("expected the name of a chat model, got none");
    }
  }

  /// A model of an Ollama, with the standard timeouts.
  public static ChatSettings ollama(URI uri, String model) {
    return new ChatSettings(Format.OLLAMA, uri, model, null, CallTimeouts.STANDARD);
  }

  /// A model of an OpenAI-compatible API, with the standard timeouts.
  ///
  /// @param key null for none
  public static ChatSettings openAi(URI uri, String model, @Nullable String key) {
    return new ChatSettings(Format.OPEN_AI, uri, model, key, CallTimeouts.STANDARD);
  }

  /// These settings with other timeouts.
  public ChatSettings within(CallTimeouts others) {
    return new ChatSettings(format, uri, model, key, others);
  }

  /// Without the key.
  @Override
  public String toString() {
    return "ChatSettings["
        + format
        + ' '
        + model
        + " at "
        + uri.getScheme()
        + "://"
        + uri.getAuthority()
        + ']';
  }
}
