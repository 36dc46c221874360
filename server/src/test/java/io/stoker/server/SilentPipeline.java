package io.stoker.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// A pipeline that accepts connections and never responds.
public final class SilentPipeline implements AutoCloseable {

  private static final int MANY = 1000;

  private final ServerSocket socket;

  public SilentPipeline() {
    try {
      // Connections are taken by the system, and nobody ever accepts them.
      this.socket = new ServerSocket(0, MANY, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + socket.getLocalPort() + "/ask";
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
