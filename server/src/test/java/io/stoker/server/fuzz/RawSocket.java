package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// A client of a socket that sends any bytes, and reads what the server says. Confined to one
/// thread.
final class RawSocket implements AutoCloseable {

  private static final int PATIENCE = 60_000;

  private final Socket socket;
  private final DataInputStream in;

  /// What the server has said.
  ///
  /// @param texts its messages, a character for each byte
  /// @param closeCode 0 if it is open, -1 if the connection ended without a word
  record Heard(List<String> texts, int closeCode) {}

  RawSocket(int port, String token) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    this.socket.setSoTimeout(PATIENCE);
    this.socket.setTcpNoDelay(true);
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    var head =
        String.join(
            "\r\n",
            "GET /ws HTTP/1.1",
            "Host: 127.0.0.1",
            "Authorization: Bearer " + token,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "\r\n");
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    var answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\n")) {
      answer.append((char) in.readUnsignedByte());
    }
    if (!answer.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException("expected 101, got " + answer);
    }
  }

  /// Sends frames while it reads what comes, until the last one, a ping, is answered or the server
  /// closes.
  ///
  /// @throws SocketTimeoutException if neither happens
  Heard say(List<String> frames, String word) throws IOException {
    Thread.ofVirtual().start(() -> write(frames, word));
    var texts = new ArrayList<String>();
    try {
      while (true) {
        int first = in.readUnsignedByte();
        var payload = payload();
        switch (first & 0x0f) {
          case 0, 1 -> texts.add(payload);
          case 8 -> {
            return new Heard(
                texts, payload.length() < 2 ? 1005 : payload.charAt(0) << 8 | payload.charAt(1));
          }
          case 10 -> {
            if (payload.equals(word)) {
              return new Heard(texts, 0);
            }
          }
          default -> {}
        }
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException _) {
      return new Heard(texts, -1);
    }
  }

  private void write(List<String> frames, String word) {
    try {
      var out = socket.getOutputStream();
      for (var frame : frames) {
        out.write(frame.getBytes(ISO_8859_1));
      }
      out.write(OddFrames.ping(word).getBytes(ISO_8859_1));
    } catch (IOException _) {
      // The server has closed; what it said is still read.
    }
  }

  private String payload() throws IOException {
    long length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    var bytes = in.readNBytes(Math.toIntExact(length));
    if (bytes.length < length) {
      throw new EOFException();
    }
    return new String(bytes, ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
