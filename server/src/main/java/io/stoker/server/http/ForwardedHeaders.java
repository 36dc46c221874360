package io.stoker.server.http;

import io.stoker.server.access.TrustedProxies;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/// The values of the headers `Forwarded` (RFC 7239) or `X-Forwarded-*`, by which proxies describe
/// the client's original request.
///
/// @param client the address of the client
/// @param scheme `http` or `https`; empty if unknown
/// @param host the host, with the port unless it is the scheme's default; empty to use the
///   request's own `Host`
/// @param prefix the path below which clients reach the server, such as `/stoker`; empty for none
record ForwardedHeaders(InetAddress client, String scheme, String host, String prefix) {

  private static final int MAX_QUOTED = 100;

  private static final String STANDARD = "Forwarded";

  private static final Pattern PAIR =
      Pattern.compile(
          "\\G\\s*+(?<name>[\\w!#$%&'*+.^`|~-]++)=(?<value>[\\w!#$%&'*+.^`|~-]++|\"(?:[^\"\\\\]|\\\\.)*+\")"
              + "\\s*+(?<end>[;,]|$)");
  private static final Pattern NODE =
      Pattern.compile(
          "\\[(?<six>[^\\]]++)](:[\\w.-]++)?|(?<four>[\\d.]++)(:[\\w.-]++)?|(?<bare>.*+)");
  private static final Pattern HIDDEN = Pattern.compile("unknown|_[\\w.-]++");
  private static final Pattern HOST =
      Pattern.compile("(?<name>[\\w.-]{1,253}+|\\[[0-9a-fA-F:.]{2,45}+])(:(?<port>\\d{1,5}))?");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");
  private static final Pattern PREFIX = Pattern.compile("(/(?!\\.{1,2}(/|$))[\\w.~-]{1,100}+)++");

  private static final Map<String, String> SCHEMES =
      Map.of("http", "http", "https", "https", "ws", "http", "wss", "https");

  /// The values added by each proxy, the nearest last. Lists may differ in length, where one proxy
  /// replaces a header that others append to.
  private record Hops(List<String> clients, List<String> schemes, List<String> hosts) {

    boolean isEmpty() {
      return clients.isEmpty() && schemes.isEmpty() && hosts.isEmpty();
    }
  }

  /// Reads the headers of a request from a trusted proxy. The client is the nearest address that is
  /// not a trusted proxy; scheme and host are those added by the proxy that it connected to. Values
  /// further left may be forged by the client.
  ///
  /// @param peer the trusted proxy that sent the request
  /// @param header returns the values of a header, joined by commas; empty if it is missing
  /// @param ownScheme the scheme of the request to this server
  /// @throws ProblemException if the headers are malformed
  static ForwardedHeaders read(
      InetAddress peer, UnaryOperator<String> header, String ownScheme, TrustedProxies proxies) {
    var standard = standard(header.apply(STANDARD));
    var nonStandard =
        new Hops(
            items(header.apply("X-Forwarded-For")),
            items(header.apply("X-Forwarded-Proto")),
            items(header.apply("X-Forwarded-Host")));
    var read = read(peer, standard.isEmpty() ? nonStandard : standard, proxies);
    if (!standard.isEmpty()
        && !nonStandard.isEmpty()
        && !read.equals(read(peer, nonStandard, proxies))) {
      throw malformed(
          "Forwarded and X-Forwarded-* to say the same",
          "two different things. Have the proxy remove the one that it does not set");
    }
    var scheme = read.scheme.isEmpty() ? ownScheme : read.scheme;
    var host = read.host.isEmpty() ? header.apply("Host") : read.host;
    return new ForwardedHeaders(
        read.client,
        scheme,
        withPort(
            host, port(header.apply("X-Forwarded-Port")), scheme.equals("https") ? "443" : "80"),
        prefix(header.apply("X-Forwarded-Prefix")));
  }

  private static ForwardedHeaders read(InetAddress peer, Hops hops, TrustedProxies proxies) {
    var client = peer;
    int hop = 0;
    for (; hop < hops.clients.size(); hop++) {
      var before = client(nth(hops.clients, hop));
      if (before.isEmpty()) {
        break;
      }
      client = before.get();
      if (!proxies.contains(client)) {
        break;
      }
    }
    return new ForwardedHeaders(
        client, scheme(nth(hops.schemes, hop)), host(nth(hops.hosts, hop)), "");
  }

  /// The item at this distance from the nearest proxy; the farthest if there are fewer.
  private static String nth(List<String> items, int hop) {
    return items.isEmpty() ? "" : items.get(Math.max(0, items.size() - 1 - hop));
  }

  private static List<String> items(String header) {
    return Arrays.stream(header.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  private static Hops standard(String header) {
    var hops = new Hops(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    var pairs = PAIR.matcher(header);
    var hop = new HashMap<String, String>();
    int at = 0;
    while (at < header.length()) {
      if (!pairs.region(at, header.length()).lookingAt()) {
        throw malformed("Forwarded as in RFC 7239", header);
      }
      var value = pairs.group("value");
      var known = hop.put(pairs.group("name").toLowerCase(Locale.ROOT), unquoted(value));
      if (known != null) {
        throw malformed("each part of Forwarded once for each proxy", header);
      }
      at = pairs.end();
      if (!pairs.group("end").equals(";")) {
        hops.clients.add(hop.getOrDefault("for", ""));
        hops.schemes.add(hop.getOrDefault("proto", ""));
        hops.hosts.add(hop.getOrDefault("host", ""));
        hop.clear();
      }
    }
    if (!hop.isEmpty()) {
      throw malformed("Forwarded as in RFC 7239", header);
    }
    return hops;
  }

  private static String unquoted(String value) {
    return value.startsWith("\"")
        ? ESCAPED.matcher(value.substring(1, value.length() - 1)).replaceAll("$1")
        : value;
  }

  /// An address with an optional port; empty if the proxy hides it or does not know it.
  private static Optional<InetAddress> client(String node) {
    if (node.isEmpty() || HIDDEN.matcher(node).matches()) {
      return Optional.empty();
    }
    var parts = NODE.matcher(node);
    var address = "";
    if (parts.matches()) {
      var six = parts.group("six");
      var four = parts.group("four");
      address = six != null ? six : four != null ? four : parts.group("bare");
    }
    return Optional.of(
        TrustedProxies.address(address)
            .orElseThrow(() -> malformed("an address of the client", node)));
  }

  private static String scheme(String text) {
    if (text.isEmpty()) {
      return "";
    }
    var scheme = SCHEMES.get(text.toLowerCase(Locale.ROOT));
    if (scheme == null) {
      throw malformed("http or https as the scheme", text);
    }
    return scheme;
  }

  private static String host(String text) {
    if (!text.isEmpty() && !HOST.matcher(text).matches()) {
      throw malformed("a host such as stoker.example.com:8443", text);
    }
    return text;
  }

  private static String port(String header) {
    var port = nth(items(header), 0);
    if (!port.isEmpty() && !PORT.matcher(port).matches()) {
      throw malformed("a number in X-Forwarded-Port", port);
    }
    return port;
  }

  /// A host with its port as browsers write it.
  ///
  /// @param port the port for hosts without one; empty if unknown
  private static String withPort(String host, String port, String ownPort) {
    var parts = HOST.matcher(host);
    if (!parts.matches()) {
      return "";
    }
    var own = parts.group("port");
    var shown = own == null ? port : own;
    return parts.group("name") + (shown.isEmpty() || shown.equals(ownPort) ? "" : ":" + shown);
  }

  /// Joins the prefixes that the proxies have removed from the path, the first proxy's first.
  private static String prefix(String header) {
    var prefix =
        items(header).stream()
            .map(part -> part.endsWith("/") ? part.substring(0, part.length() - 1) : part)
            .collect(Collectors.joining());
    if (!prefix.isEmpty() && !PREFIX.matcher(prefix).matches()) {
      throw malformed("a path such as /stoker in X-Forwarded-Prefix", prefix);
    }
    return prefix;
  }

  private static ProblemException malformed(String expected, String all) {
    var got = all.length() > MAX_QUOTED ? all.substring(0, MAX_QUOTED) + "..." : all;
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "bad-forwarded",
        "expected " + expected + ", got " + got + ". Check the configuration of the proxy");
  }
}
