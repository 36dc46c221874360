package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// One request over a connection of its own, byte by byte as it is given, and what comes back.
final class RawCall {

  /// How long a server may be silent, in milliseconds; long, for the machine may be busy.
  private static final int PATIENCE = 60_000;

  private RawCall() {}

  /// What came back.
  ///
  /// @param status 0 if the connection was closed without an answer
  /// @param headers by their names in lower case
  /// @param body as bytes; empty for streams of events, which do not end
  record Reply(int status, Map<String, String> headers, String body) {

    static final Reply NONE = new Reply(0, Map.of(), "");

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /// Sends bytes, and reads the answer.
  ///
  /// @param isWhole whether the bytes are a request that a server can tell the end of; if not, the
  ///   end of the connection tells it
  /// @throws SocketTimeoutException if the server says nothing, and does not close either
  static Reply send(int port, String bytes, boolean isWhole, boolean hasBody) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE);
      socket.setTcpNoDelay(true);
      if (bytes.length() > 16_384) {
        // A server may answer before it has read all, and would otherwise not be heard.
        Thread.ofVirtual().start(() -> write(socket, bytes, isWhole));
      } else {
        write(socket, bytes, isWhole);
      }
      return read(new BufferedInputStream(socket.getInputStream()), hasBody);
    }
  }

  private static void write(Socket socket, String bytes, boolean isWhole) {
    try {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      if (!isWhole) {
        socket.shutdownOutput();
      }
    } catch (IOException _) {
      // The server has closed before it had read all; what it said is still read.
    }
  }

  private static Reply read(InputStream in, boolean hasBody) throws IOException {
    try {
      var reply = head(in);
      while (reply.status >= 100 && reply.status < 200 && reply.status != 101) {
        reply = head(in);
      }
      var isEndless = reply.header("content-type").startsWith("text/event-stream");
      return hasBody && !isEndless && reply.status >= 200
          ? new Reply(reply.status, reply.headers, body(in, reply))
          : reply;
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException _) {
      return Reply.NONE;
    }
  }

  private static Reply head(InputStream in) throws IOException {
    var line = line(in);
    if (line.isEmpty()) {
      return Reply.NONE;
    }
    var parts = line.split(" ", 3);
    if (!line.startsWith("HTTP/1.") || parts.length < 2) {
      // To what looks like HTTP/0.9, an answer is a body and nothing else.
      return Reply.NONE;
    }
    var headers = new TreeMap<String, String>();
    for (var header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new AssertionError("expected a header, got " + header);
      }
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    return new Reply(Integer.parseInt(parts[1]), headers, "");
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static String body(InputStream in, Reply reply) throws IOException {
    if (reply.status == 204 || reply.status == 304) {
      return "";
    }
    if (reply.header("transfer-encoding").equals("chunked")) {
      var all = new StringBuilder();
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        all.append(new String(in.readNBytes(size), ISO_8859_1));
        var _ = line(in);
      }
      return all.toString();
    }
    var length = reply.header("content-length");
    return new String(
        length.isEmpty() ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length)), ISO_8859_1);
  }

  private static int chunk(InputStream in) throws IOException {
    var size = line(in);
    return size.isEmpty() ? 0 : Integer.parseInt(size, 16);
  }
}
