package io.stoker.answers.rag;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Which chat model words the answers, and where it is.
///
/// @param format what it is
/// @param uri where it is: `http://127.0.0.1:11434` for Ollama; for others what comes before
///   `/chat/completions`, such as `https://api.openai.com/v1` (`/v1` is put behind an address
///   without a path)
/// @param model its name, such as `llama3.2`
/// @param key sent as `Authorization: Bearer …`; null for none. Never logged
/// @param limits how long an answer may take
public record ChatSettings(
    Format format, URI uri, String model, @Nullable String key, CallTimeouts limits) {

  /// What a model is. All are asked by OpenAI's protocol.
  public enum Format {
    /// An Ollama: its address is without `/v1`, and its answers are asked for with temperature 0.
    OLLAMA,
    /// OpenAI, and everybody who is compatible.
    OPEN_AI
  }

  /// Checks the address and the name.
  public ChatSettings {
    HttpCalls.check(uri);
    if (model.isBlank()) {
      throw new IllegalArgumentException("a chat model must have a name but has none");
    }
  }

  /// A model of an Ollama, with the standard limits.
  public static ChatSettings ollama(URI uri, String model) {
    return new ChatSettings(Format.OLLAMA, uri, model, null, CallTimeouts.STANDARD);
  }

  /// A model behind an OpenAI-compatible address, with the standard limits.
  ///
  /// @param key null if it wants none
  public static ChatSettings openAi(URI uri, String model, @Nullable String key) {
    return new ChatSettings(Format.OPEN_AI, uri, model, key, CallTimeouts.STANDARD);
  }

  /// The same with other limits.
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
