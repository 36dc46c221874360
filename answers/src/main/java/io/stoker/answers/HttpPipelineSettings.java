package io.stoker.answers;

import io.stoker.CallTimeouts;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Where the user's own RAG application is, and how to talk to it.
///
/// @param uri where questions are posted to; `http` or `https`, without user and password
/// @param token sent as `Authorization: Bearer …`; null for none. Never logged
/// @param version stands for the application's model, prompt and documents in the keys of answers;
///   change it to have every question answered anew
/// @param limits how long an answer may take
public record HttpPipelineSettings(
    URI uri, @Nullable String token, String version, CallTimeouts limits) {

  /// An application without a token, version `1`, the standard limits.
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
