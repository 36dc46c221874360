package io.stoker.server;

import java.net.URI;

/// Where a server's routes are, if it is reached below a path such as `https://example.com/stoker`,
/// too.
public final class ServerUrl {

  private ServerUrl() {}

  /// A route of a server.
  ///
  /// @param path begins with a slash
  public static URI at(URI server, String path) {
    var base = server.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }
}
