package io.stoker.server.http;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.access.TrustedProxies;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The headers of trusted proxies, which are in 10.0.0.0/8; the nearest is 10.0.0.1.
class ForwardedHeadersTest {

  private static final TrustedProxies PROXIES =
      TrustedProxies.of(List.of("10.0.0.0/8", "2001:db8::/32"));
  private static final InetAddress PEER = InetAddress.ofLiteral("10.0.0.1");

  /// Reads headers that are written as `Name: value | Name: value`.
  private static ForwardedHeaders read(String headers) {
    Map<String, String> all =
        headers.isBlank()
            ? Map.of()
            : Arrays.stream(headers.split("\\|", -1))
                .map(line -> line.split(":", 2))
                .collect(
                    toMap(
                        line -> line[0].strip(),
                        line -> line[1].strip(),
                        (one, other) -> one + "," + other,
                        () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER)));
    return ForwardedHeaders.read(PEER, name -> all.getOrDefault(name, ""), "http", PROXIES);
  }

  private static String client(String headers) {
    return read(headers).client().getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "``                                        ; 10.0.0.1",
        "203.0.113.9                               ; 203.0.113.9",
        "203.0.113.9:4711                          ; 203.0.113.9",
        "6.6.6.6, 203.0.113.9                      ; 203.0.113.9",
        "6.6.6.6, 203.0.113.9, 10.0.0.3, 10.0.0.2  ; 203.0.113.9",
        "10.0.0.9, 203.0.113.9, 10.0.0.2           ; 203.0.113.9",
        "10.0.0.9, 10.0.0.2                        ; 10.0.0.9",
        "nonsense, 203.0.113.9                     ; 203.0.113.9",
        "unknown, 10.0.0.2                         ; 10.0.0.2",
        "2a00:1::7                                 ; 2a00:1:0:0:0:0:0:7",
        "[2a00:1::7]:4711, 2001:db8::5             ; 2a00:1:0:0:0:0:0:7",
        ", ,203.0.113.9,                           ; 203.0.113.9"
      })
  void the_client_is_the_nearest_address_that_is_not_a_trusted_proxy(String chain, String client) {
    assertThat(client("X-Forwarded-For: " + chain)).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "for=203.0.113.9                                 ; 203.0.113.9",
        "For=\"203.0.113.9:4711\"                        ; 203.0.113.9",
        "for=\"[2a00:1::7]:_port\"                       ; 2a00:1:0:0:0:0:0:7",
        "for=6.6.6.6, for=203.0.113.9, for=10.0.0.2      ; 203.0.113.9",
        "for=6.6.6.6, for=_hidden, for=10.0.0.2          ; 10.0.0.2",
        "for=6.6.6.6, proto=https                        ; 10.0.0.1",
        "for=\"6.6.6.6,\" , for=203.0.113.9              ; 203.0.113.9"
      })
  void the_standard_header_works_too(String chain, String client) {
    assertThat(client("Forwarded: " + chain)).isEqualTo(client);
  }

  @Test
  void lines_of_one_header_are_one_list() {
    assertThat(client("X-Forwarded-For: 6.6.6.6 | x-forwarded-for: 203.0.113.9"))
        .isEqualTo("203.0.113.9");
  }

  @Test
  void scheme_host_and_prefix_come_from_the_proxy() {
    var usual =
        read(
            "X-Forwarded-For: 203.0.113.9 | X-Forwarded-Proto: HTTPS | X-Forwarded-Host:"
                + " stoker.example.com:8443 | X-Forwarded-Prefix: /tools/stoker/ | Host: inner");
    var standard =
        read(
            "Forwarded: for=203.0.113.9;proto=https;host=\"stoker.example.com:8443\";by=10.0.0.1"
                + " | X-Forwarded-Prefix: /tools, /stoker");

    assertThat(usual)
        .isEqualTo(
            new ForwardedHeaders(
                InetAddress.ofLiteral("203.0.113.9"),
                "https",
                "stoker.example.com:8443",
                "/tools/stoker"))
        .isEqualTo(standard);
  }

  @Test
  void of_several_proxies_the_one_that_the_client_connected_to_counts() {
    var usual =
        read(
            "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.2 | X-Forwarded-Proto: http, https, http"
                + " | X-Forwarded-Host: evil.example, stoker.example.com, inner");
    var standard =
        read(
            "Forwarded: for=6.6.6.6;host=evil.example, for=203.0.113.9;proto=https;"
                + "host=stoker.example.com, for=10.0.0.2;proto=http;host=inner");

    assertThat(usual.scheme()).isEqualTo("https");
    assertThat(usual.host()).isEqualTo("stoker.example.com");
    assertThat(usual).isEqualTo(standard);
  }

  @Test
  void a_value_set_once_applies_to_all_proxies() {
    var said =
        read(
            "X-Forwarded-For: 203.0.113.9, 10.0.0.3, 10.0.0.2 | X-Forwarded-Proto: wss |"
                + " X-Forwarded-Host: stoker.example.com");

    assertThat(said.scheme()).isEqualTo("https");
    assertThat(said.host()).isEqualTo("stoker.example.com");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "X-Forwarded-Proto: https | Host: example.com # example.com",
        "X-Forwarded-Proto: https | Host: example.com:443 # example.com",
        "X-Forwarded-Proto: http | Host: example.com:443 # example.com:443",
        "X-Forwarded-Proto: https | Host: example.com | X-Forwarded-Port: 443 # example.com",
        "X-Forwarded-Proto: https | Host: example.com | X-Forwarded-Port: 8443 # example.com:8443",
        "X-Forwarded-Proto: https | Host: example.com:9 | X-Forwarded-Port: 443 # example.com:9",
        "X-Forwarded-Host: [2a00:1::7]:80 # [2a00:1::7]"
      })
  void a_host_is_written_as_browsers_write_it_in_an_origin(String headers, String host) {
    assertThat(read(headers).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: nonsense",
        "X-Forwarded-For: 203.0.113.999",
        "X-Forwarded-For: 1.1",
        "X-Forwarded-For: [::1",
        "X-Forwarded-Proto: gopher",
        "X-Forwarded-Proto: https://",
        "X-Forwarded-Host: example.com/evil",
        "X-Forwarded-Host: user@example.com",
        "X-Forwarded-Host: example.com:",
        "X-Forwarded-Port: https",
        "X-Forwarded-Prefix: stoker",
        "X-Forwarded-Prefix: //evil.example",
        "X-Forwarded-Prefix: /a/../b",
        "X-Forwarded-Prefix: /.",
        "X-Forwarded-Prefix: /a?b",
        "X-Forwarded-Prefix: /a;b",
        "X-Forwarded-Prefix: https://evil.example",
        "Forwarded: nonsense",
        "Forwarded: for=203.0.113.9;for=6.6.6.6",
        "Forwarded: for=[::1]",
        "Forwarded: for=\"203.0.113.9",
        "Forwarded: for=203.0.113.9;",
        "Forwarded: for = 203.0.113.9",
        "Forwarded: for=203.0.113.9 proto=https"
      })
  void malformed_headers_are_rejected(String headers) {
    assertThatThrownBy(() -> read(headers))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("expected ")
        .hasMessageContaining(", got ");
  }

  @Test
  void both_kinds_of_headers_may_agree() {
    assertThat(
            read(
                "Forwarded: for=203.0.113.9;proto=https | X-Forwarded-For: 203.0.113.9 |"
                    + " X-Forwarded-Proto: https"))
        .isEqualTo(new ForwardedHeaders(InetAddress.ofLiteral("203.0.113.9"), "https", "", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded: for=6.6.6.6 | X-Forwarded-For: 203.0.113.9",
        "Forwarded: for=203.0.113.9;proto=https | X-Forwarded-For: 203.0.113.9",
        "Forwarded: for=203.0.113.9;host=evil.example | X-Forwarded-For: 203.0.113.9",
        "Forwarded: proto=https | X-Forwarded-Proto: http"
      })
  void both_kinds_of_headers_must_not_contradict_each_other(String headers) {
    assertThatThrownBy(() -> read(headers))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("expected Forwarded and X-Forwarded-* to say the same");
  }

  @Test
  void lettersnonsense_is_read_as_fast_as_sense() {
    var letters = "a".repeat(8000);
    for (var nonsense :
        List.of(
            "Forwarded: for=\"" + letters,
            "Forwarded: " + "for=x".repeat(1500),
            "Forwarded: for=\"" + "\\\"".repeat(4000),
            "X-Forwarded-Prefix: /" + "a/".repeat(4000) + "?",
            "X-Forwarded-Host: " + letters + "/",
            "X-Forwarded-For: [" + letters)) {
      assertThatThrownBy(() -> read(nonsense)).isInstanceOf(ProblemException.class);
    }
  }
}
