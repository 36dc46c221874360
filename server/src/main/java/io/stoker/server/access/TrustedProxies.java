package io.stoker.server.access;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The reverse proxies whose `Forwarded` headers are trusted.
///
/// @param networks their addresses; empty to trust none
public record TrustedProxies(List<Network> networks) {

  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  /// Stricter than `InetAddress`, which also accepts `127.1`.
  private static final Pattern ADDRESS =
      Pattern.compile("\\A(?:\\d{1,3}(\\.\\d{1,3}){3}|(?=.{2,45}$)[0-9a-fA-F.]*:[0-9a-fA-F:.]*)");

  private static final Pattern BITS = Pattern.compile("\\d{1,3}");
  private static final String EXPECTED = "expected addresses such as 10.0.0.7 or 10.0.0.0/8";

  public TrustedProxies {
    networks = List.copyOf(networks);
  }

  /// A range of addresses.
  ///
  /// @param size the length of an address in bits: 32 or 128
  /// @param bits the length of the prefix
  /// @param start the prefix as a number
  public record Network(int size, int bits, BigInteger start) {

    static Network of(String text) {
      int slash = text.indexOf('/');
      var address =
          address(slash < 0 ? text : text.substring(0, slash)).orElseThrow(() -> unreadable(text));
      int size = address.getAddress().length * Byte.SIZE;
      int bits = slash < 0 ? size : bits(text.substring(slash + 1), text);
      if (bits > size) {
        throw unreadable(text);
      }
      if (bits == 0) {
        throw new IllegalArgumentException(
            EXPECTED
                + ", got "
                + text
                + ", which is every address. Name the addresses that your proxies send from");
      }
      return new Network(size, bits, start(address, bits));
    }

    private static int bits(String digits, String text) {
      if (!BITS.matcher(digits).matches()) {
        throw unreadable(text);
      }
      return Integer.parseInt(digits);
    }

    private static BigInteger start(InetAddress address, int bits) {
      var bytes = address.getAddress();
      return new BigInteger(1, bytes).shiftRight(bytes.length * Byte.SIZE - bits);
    }

    boolean contains(InetAddress address) {
      return address.getAddress().length * Byte.SIZE == size && start(address, bits).equals(start);
    }
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(EXPECTED + ", got \"" + text + "\"");
  }

  /// Parses addresses and CIDR ranges.
  ///
  /// @throws IllegalArgumentException if one is malformed or matches every address
  public static TrustedProxies of(List<String> texts) {
    return new TrustedProxies(texts.stream().map(String::strip).map(Network::of).toList());
  }

  /// Parses an address literal, without DNS; empty if it is malformed.
  public static Optional<InetAddress> address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  public boolean contains(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  public boolean isEmpty() {
    return networks.isEmpty();
  }
}
