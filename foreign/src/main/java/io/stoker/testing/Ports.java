package io.stoker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Finds free loopback ports.
final class Ports {

  private static final int BUS_OFFSET = 10_000;
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private Ports() {}

  static int free() {
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A free port whose cluster bus port, 10,000 above, is free as well.
  static int freeWithBus() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = free();
      if (port + BUS_OFFSET <= 0xFFFF && isFree(port + BUS_OFFSET)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port with a free cluster bus port was found");
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, LOOPBACK)) {
      return socket.isBound();
    } catch (IOException _) {
      return false;
    }
  }
}
