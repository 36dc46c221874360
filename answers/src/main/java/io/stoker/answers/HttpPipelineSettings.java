package io.stoker.answers;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Address and credentials of the user's own RAG application.
///
/// @param uri questions are posted to it; `http` or `https`, without user and password
/// @param token sent as `Authorization: Bearer …`; null for none. Never logged
/// @param version stands for the application's model, prompt and documents in the cache key; change
///   it to invalidate all answers
/// @param limits how long an answer may take
public record HttpPipelineSettings(
    URI uri, @Nullable String token, String version, CallTimeouts limits) {

  /// Without a token, with version `1` and the standard timeouts.
  public HttpPipelineSettings(URI uri) {
    this(uri, null, "1", CallTimeouts.STANDARD);
  }

  /// Checks the address.
  public HttpPipelineSettings {
    HttpCalls.check(uri);
  }

  /// Without the token.
  @Override
  public String toString() {
    return "HttpPipelineSettings["
        + uri.getScheme()
        + "://"
        + uri.getAuthority()
        + ", "
        + version
        + "]";
  }
}
