package io.stoker.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Polls servers, which cannot notify tests when they are ready.
final class Polling {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration BETWEEN = Duration.ofMillis(10);

  private Polling() {}

  /// Polls every 10 ms until a condition is true.
  ///
  /// @throws IllegalStateException after `patience`
  static void until(String wanted, Duration patience, BooleanSupplier question) {
    var deadline = System.nanoTime() + patience.toNanos();
    while (!question.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("gave up after " + patience + " waiting until " + wanted);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting until " + wanted);
      }
      LockSupport.parkNanos(BETWEEN.toNanos());
    }
  }

  /// Whether a loopback port accepts connections.
  static boolean accepts(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
