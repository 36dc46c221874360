package io.stoker.server.settings;

import io.stoker.server.wire.InvalidValueException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/// Builds and validates HTTP URLs, which may have a path such as `https://example.com/stoker`.
public final class ServerUrl {

  private ServerUrl() {}

  /// The URL of a path below a server's URL.
  ///
  /// @param path begins with a slash
  public static URI at(URI server, String path) {
    var base = server.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  /// Validates the URL of a service. User and password are rejected, because URLs end up in logs.
  ///
  /// @param name the setting
  /// @param url blank or null for none
  /// @throws InvalidValueException whose message does not quote the URL
  static void check(String name, @Nullable String url) {
    if (url != null && !url.isBlank() && !isValid(url.strip())) {
      throw new InvalidValueException(
          name,
          "expected http://host:port or https://host, without user, password, query and fragment,"
              + " got another form of address");
    }
  }

  private static boolean isValid(String url) {
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
