package io.stoker.server.http;

import io.stoker.server.access.TrustedProxies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// A request with the address, scheme and host that its client used, whatever proxies it passed.
/// The `Forwarded` headers are removed, trusted or not. Its path is the server's own, without the
/// prefix.
final class ForwardedRequest extends HttpServletRequestWrapper {

  private static final String PREFIX = ForwardedRequest.class.getName() + ".prefix";
  private static final Set<String> REMOVED = Set.of("forwarded", "x-real-ip");
  private static final Set<String> ADDED_BY_PROXIES = Set.of("forwarded", "x-real-ip", "via");

  private final ForwardedHeaders forwarded;

  private ForwardedRequest(HttpServletRequest request, ForwardedHeaders forwarded) {
    super(request);
    this.forwarded = forwarded;
    request.setAttribute(PREFIX, forwarded.prefix());
  }

  /// Applies the headers of trusted proxies.
  ///
  /// @throws ProblemException if they are malformed
  static ForwardedRequest of(HttpServletRequest request, TrustedProxies proxies) {
    var peer = peer(request);
    if (!proxies.contains(peer)) {
      return new ForwardedRequest(request, new ForwardedHeaders(peer, request.getScheme(), "", ""));
    }
    return new ForwardedRequest(
        request,
        ForwardedHeaders.read(peer, name -> joined(request, name), request.getScheme(), proxies));
  }

  private static InetAddress peer(HttpServletRequest request) {
    var address = request.getRemoteAddr();
    int zone = address.indexOf('%');
    return TrustedProxies.address(zone < 0 ? address : address.substring(0, zone))
        .orElseThrow(() -> new IllegalStateException("no address: " + address));
  }

  private static String joined(HttpServletRequest request, String header) {
    return String.join(",", Collections.list(request.getHeaders(header)));
  }

  /// Whether a request has a header that only proxies add.
  static boolean isFromProxy(HttpServletRequest request) {
    return names(request).stream().anyMatch(isOneOf(ADDED_BY_PROXIES));
  }

  private static List<String> names(HttpServletRequest request) {
    return Collections.list(request.getHeaderNames());
  }

  private static Predicate<String> isOneOf(Set<String> known) {
    return name -> {
      var lower = name.toLowerCase(Locale.ROOT);
      return lower.startsWith("x-forwarded") || known.contains(lower);
    };
  }

  /// The path below which the client reaches this server; empty for none.
  static String prefix(HttpServletRequest request) {
    return request.getAttribute(PREFIX) instanceof String prefix ? prefix : "";
  }

  String prefix() {
    return forwarded.prefix();
  }

  @Override
  public String getRemoteAddr() {
    return forwarded.client().getHostAddress();
  }

  @Override
  public String getRemoteHost() {
    return getRemoteAddr();
  }

  @Override
  public String getScheme() {
    return forwarded.scheme();
  }

  @Override
  public boolean isSecure() {
    return getScheme().equals("https");
  }

  @Override
  public String getServerName() {
    if (!hasHost()) {
      return super.getServerName();
    }
    int port = portStart();
    return port < 0 ? forwarded.host() : forwarded.host().substring(0, port);
  }

  @Override
  public int getServerPort() {
    if (!hasHost()) {
      return super.getServerPort();
    }
    int port = portStart();
    if (port < 0) {
      return isSecure() ? 443 : 80;
    }
    return Integer.parseInt(forwarded.host().substring(port + 1));
  }

  private boolean hasHost() {
    return !forwarded.host().isEmpty();
  }

  /// The index of the colon before the port; -1 for no port.
  private int portStart() {
    return forwarded.host().endsWith("]") ? -1 : forwarded.host().lastIndexOf(':');
  }

  @Override
  public StringBuffer getRequestURL() {
    if (!hasHost()) {
      return super.getRequestURL();
    }
    var url = super.getRequestURL();
    url.setLength(0);
    return url.append(getScheme())
        .append("://")
        .append(forwarded.host())
        .append(forwarded.prefix())
        .append(getRequestURI());
  }

  @Override
  public @Nullable String getHeader(String name) {
    if (hasHost() && name.equalsIgnoreCase(HttpHeaders.HOST)) {
      return forwarded.host();
    }
    return isOneOf(REMOVED).test(name) ? null : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    if (hasHost() && name.equalsIgnoreCase(HttpHeaders.HOST)) {
      return Collections.enumeration(List.of(forwarded.host()));
    }
    return isOneOf(REMOVED).test(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    var request = (HttpServletRequest) getRequest();
    return Collections.enumeration(
        names(request).stream().filter(isOneOf(REMOVED).negate()).toList());
  }
}
