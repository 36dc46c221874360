package io.stoker.server.http;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.springframework.http.HttpHeaders;

/// A response whose `Location` is where the client finds it, below the prefix that a proxy has
/// taken off.
final class ForwardedResponse extends HttpServletResponseWrapper {

  private final String prefix;

  ForwardedResponse(HttpServletResponse response, String prefix) {
    super(response);
    this.prefix = prefix;
  }

  @Override
  public void setHeader(String name, String value) {
    super.setHeader(name, seen(name, value));
  }

  @Override
  public void addHeader(String name, String value) {
    super.addHeader(name, seen(name, value));
  }

  private String seen(String name, String value) {
    return name.equalsIgnoreCase(HttpHeaders.LOCATION) && value.startsWith("/")
        ? prefix + value
        : value;
  }
}
