package io.stoker.server.settings;

import io.stoker.server.wire.InvalidValueException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/// Addresses of servers, which may be below a path such as `https://example.com/stoker`.
public final class ServerUrl {

  private ServerUrl() {}

  /// A route of a server.
  ///
  /// @param path begins with a slash
  public static URI at(URI server, String path) {
    var base = server.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  /// Looks at the address of a service that is called. A user and password in it would end up in
  /// logs.
  ///
  /// @param name what its author calls the value
  /// @param url blank or null for none
  /// @throws InvalidValueException if it is not one that can be called; the message does not show
  ///   it
  static void check(String name, @Nullable String url) {
    if (url != null && !url.isBlank() && !isCallable(url.strip())) {
      throw new InvalidValueException(
          name,
          "expected http://host:port or https://host, without a user and password, got something"
              + " else");
    }
  }

  private static boolean isCallable(String url) {
    try {
      var uri = new URI(url);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getPort() <= 65_535
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException _) {
      return false;
    }
  }
}
