package io.stoker.server.http;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.springframework.http.HttpHeaders;

/// A response whose `Location` header gets the prefix that a proxy has removed from the path.
final class ForwardedResponse extends HttpServletResponseWrapper {

  private final String prefix;

  ForwardedResponse(HttpServletResponse response, String prefix) {
    super(response);
    this.prefix = prefix;
  }

  @Override
  public void setHeader(String name, String value) {
    super.setHeader(name, withPrefix(name, value));
  }

  @Override
  public void addHeader(String name, String value) {
    super.addHeader(name, withPrefix(name, value));
  }

  private String withPrefix(String name, String value) {
    return name.equalsIgnoreCase(HttpHeaders.LOCATION) && value.startsWith("/")
        ? prefix + value
        : value;
  }
}
