package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A client that sends requests and never reads.
class SlowSocketTest {

  /// A client frame has to be masked, here with zeros.
  private static byte[] frame(String text) {
    var bytes = text.replace('\'', '"').getBytes(UTF_8);
    var frame = new ByteArrayOutputStream();
    frame.write(0x81);
    frame.write(0x80 | 126);
    frame.write(bytes.length >> 8);
    frame.write(bytes.length & 0xFF);
    frame.writeBytes(new byte[4]);
    frame.writeBytes(bytes);
    return frame.toByteArray();
  }

  private static int sockets(RunningServer server) {
    return server
        .get("/actuator/health")
        .json()
        .path("components")
        .path("prompts")
        .path("details")
        .path("sockets")
        .asInt();
  }

  @Test
  void a_client_that_never_reads_is_disconnected_and_others_are_unaffected() throws IOException {
    try (var server = RunningServer.with(Map.of());
        var other = SocketClient.to(server);
        var slow = new Socket()) {
      slow.setReceiveBufferSize(4096);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      slow.getOutputStream().write(SocketClient.knock("localhost"));
      await().until(() -> sockets(server) == 2);
      var ask = frame("{'type':'subscribe','surfaceId':'loaded-extensions'}");

      var asked = askForTooMuch(slow, ask);
      other.subscribe("c").next("surface");
      other.toggle("c", "true").next("update");

      assertThat(asked).isPositive();
      await().atMost(Duration.ofSeconds(30)).until(() -> sockets(server) == 1);
      assertThat(other.toggle("c", "false").next("update").isMissingNode()).isFalse();
    }
  }

  /// Sends until the responses exceed the client's queue.
  private static long askForTooMuch(Socket slow, byte[] ask) {
    long asked = 0;
    try {
      while (asked < 60_000) {
        slow.getOutputStream().write(ask);
        asked++;
      }
    } catch (IOException _) {
      // It is cut off already.
    }
    return asked;
  }
}
