package io.stoker.sessions;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Adapts a Unix domain socket to [Socket], with the read timeouts that the JDK does not provide.
///
/// One thread may read while another writes.
final class UnixSocket extends Socket {

  private static final Object NOWHERE = new Object();

  private final SocketChannel channel;
  private final Selector readable;
  private final Selector writable;
  private volatile int timeoutMillis;

  /// @throws IOException if nobody listens there
  static UnixSocket connect(Path path, int timeoutMillis) throws IOException {
    var channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    try {
      return new UnixSocket(channel, timeoutMillis);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private UnixSocket(SocketChannel channel, int timeoutMillis) throws IOException {
    this.channel = channel;
    this.timeoutMillis = timeoutMillis;
    channel.configureBlocking(false);
    this.readable = Selector.open();
    channel.register(readable, SelectionKey.OP_READ, NOWHERE);
    this.writable = Selector.open();
    channel.register(writable, SelectionKey.OP_WRITE, NOWHERE);
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, from, length);
        int count = channel.read(buffer);
        while (count == 0 && length > 0) {
          await(readable, timeoutMillis);
          count = channel.read(buffer);
        }
        return count;
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, from, length);
        while (buffer.hasRemaining()) {
          if (channel.write(buffer) == 0) {
            await(writable, timeoutMillis);
          }
        }
      }
    };
  }

  /// @param millis zero for any time
  private void await(Selector selector, int millis) throws IOException {
    int ready;
    try {
      ready = selector.select(millis);
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException _) {
      throw new ClosedChannelException();
    }
    if (!channel.isOpen() || Thread.currentThread().isInterrupted()) {
      throw new ClosedChannelException();
    }
    if (ready == 0) {
      throw new SocketTimeoutException("Redis did not answer within " + millis + " ms");
    }
  }

  @Override
  public int getSoTimeout() {
    return timeoutMillis;
  }

  @Override
  public void setSoTimeout(int millis) {
    timeoutMillis = millis;
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isBound() {
    return channel.isConnected();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public boolean isInputShutdown() {
    return false;
  }

  @Override
  public boolean isOutputShutdown() {
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    readable.close();
    writable.close();
  }
}
