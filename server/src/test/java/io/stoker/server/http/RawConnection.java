package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// A raw TCP connection that sends arbitrary bytes. Confined to one thread.
final class RawConnection implements AutoCloseable {

  private static final int PATIENCE = 60_000;

  private final Socket socket;
  private final InputStream in;

  RawConnection(int port) {
    try {
      this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE);
      this.in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void patient() {
    try {
      socket.setSoTimeout(PATIENCE);
    } catch (IOException _) {
      // It is closed.
    }
  }

  /// The response to a request that is the last on its connection.
  static Reply ask(int port, String request) {
    try (var connection = new RawConnection(port)) {
      return connection.send(request).reply();
    }
  }

  /// A response.
  record Reply(String head, String body) {

    /// Zero if none came.
    int status() {
      return head.startsWith("HTTP/1.1 ") ? Integer.parseInt(head.substring(9, 12)) : 0;
    }

    String header(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }
  }

  /// Sends text, one byte per character, until the server stops reading.
  RawConnection send(String text) {
    return send(text.getBytes(ISO_8859_1));
  }

  RawConnection send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException _) {
      // The server has closed it; what it said before can be read.
    }
    return this;
  }

  /// Whether bytes are available.
  boolean hasNews() {
    try {
      return in.available() > 0;
    } catch (IOException _) {
      return true;
    }
  }

  /// The next byte; negative once the server has closed the connection.
  int next() {
    try {
      return in.read();
    } catch (SocketTimeoutException e) {
      throw new UncheckedIOException(e);
    } catch (IOException _) {
      return -1;
    }
  }

  /// Whether the server has closed the connection; discards what it has sent.
  boolean hasEnded() {
    try {
      socket.setSoTimeout(1);
      while (in.read() >= 0) {
        // Whatever it has to say.
      }
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    } finally {
      patient();
    }
  }

  /// The next response with its body.
  Reply reply() {
    var reply = head();
    return new Reply(reply.head, body(reply));
  }

  /// The next response without its body.
  Reply head() {
    var head = new StringBuilder();
    for (int one = next(); one >= 0; one = next()) {
      head.append((char) one);
      if (head.toString().endsWith("\r\n\r\n")) {
        break;
      }
    }
    return new Reply(head.toString(), "");
  }

  private String body(Reply reply) {
    var length = reply.header("Content-Length");
    if (!length.isEmpty()) {
      return read(Integer.parseInt(length));
    }
    if (!reply.header("Transfer-Encoding").equals("chunked")) {
      return "";
    }
    var body = new StringBuilder();
    for (int size = chunk(); size > 0; size = chunk()) {
      body.append(read(size));
      read(2);
    }
    return body.toString();
  }

  private int chunk() {
    var line = new StringBuilder();
    for (int one = next(); one >= 0 && one != '\n'; one = next()) {
      line.append((char) one);
    }
    return line.isEmpty() ? 0 : Integer.parseInt(line.toString().strip(), 16);
  }

  private String read(int count) {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      int one = next();
      if (one < 0) {
        break;
      }
      bytes.write(one);
    }
    return bytes.toString(ISO_8859_1);
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
