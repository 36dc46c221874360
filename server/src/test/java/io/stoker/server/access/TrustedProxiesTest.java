package io.stoker.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.7, 10.0.0.7, true",
    "10.0.0.7, 10.0.0.8, false",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.9.9.9/8, 10.1.2.3, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.168.4.0/22, 192.168.7.255, true",
    "192.168.4.0/22, 192.168.8.0, false",
    "128.0.0.0/1, 200.1.1.1, true",
    "128.0.0.0/1, 127.1.1.1, false",
    "::1, ::1, true",
    "2001:db8::/32, 2001:db8:1::7, true",
    "2001:db8::/32, 2001:db9::1, false",
    "10.0.0.7, ::ffff:10.0.0.7, true",
    "10.0.0.7, ::a00:7, false",
    "::/1, 10.0.0.7, false"
  })
  void a_range_contains_the_addresses_with_its_prefix(
      String range, String address, boolean contained) {
    var proxies = TrustedProxies.of(List.of("203.0.113.9", " " + range + " "));

    assertThat(proxies.contains(InetAddress.ofLiteral(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy.example.com",
        "localhost",
        "10.0.0",
        "127.1",
        "10.0.0.256",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "/8",
        "10.*",
        "2001:db8::/129",
        "[::1]",
        "1:2",
        "fe80::1%eth0",
        "10.0.0.7:80"
      })
  void a_malformed_address_is_rejected_without_dns(String text) {
    assertThatThrownBy(() -> TrustedProxies.of(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected addresses such as 10.0.0.7 or 10.0.0.0/8, got")
        .hasMessageContaining(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0/0", "::/0"})
  void a_range_of_all_addresses_is_rejected(String text) {
    assertThatThrownBy(() -> TrustedProxies.of(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which is every address");
  }

  @Test
  void no_proxy_is_trusted_by_default() {
    assertThat(TrustedProxies.NONE.contains(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
    assertThat(TrustedProxies.NONE.isEmpty()).isTrue();
  }
}
