package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Pings and pongs of sockets.
class PingTest {

  private static final int PING = 0x89;
  private static final int CLOSE = 0x88;

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_HTTP_PING_EVERY", "3s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// The opcode of the next frame, which is read completely.
  private static int frame(RawConnection socket) {
    int kind = socket.next();
    int length = socket.next();
    if (length == 126) {
      length = (socket.next() << 8) + socket.next();
    }
    for (int i = 0; i < length; i++) {
      socket.next();
    }
    return kind;
  }

  @Test
  void a_client_that_does_not_answer_pings_is_disconnected() {
    try (var alive = SocketClient.to(server);
        var silent = new RawConnection(server.port())) {
      silent.send(SocketClient.knock("localhost"));
      assertThat(silent.head().status()).isEqualTo(101);
      assertThat(frame(silent)).as("the catalog").isEqualTo(0x81);

      assertThat(frame(silent)).isEqualTo(PING);
      assertThat(frame(silent)).isEqualTo(PING);
      assertThat(frame(silent)).isEqualTo(CLOSE);

      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> server.part(SocketHandler.class).count() == 1);
      assertThat(alive.subscribe("c").next("surface").isMissingNode()).isFalse();
    }
  }

  @Test
  void unsolicited_pongs_are_ignored_also_between_fragments() {
    try (var client = SocketClient.to(server)) {
      var pong = ByteBuffer.wrap(new byte[] {1, 2, 3});
      client.socket().sendPong(pong.duplicate()).join();
      client.socket().sendText("{\"type\":\"subscribe\",", false).join();
      client.socket().sendPong(pong.duplicate()).join();
      client.socket().sendText("\"surfaceId\":\"cache-", false).join();
      client.socket().sendPing(pong.duplicate()).join();
      client.socket().sendPong(ByteBuffer.allocate(0)).join();
      client.socket().sendText("warming\",\"conversationId\":\"p\"}", true).join();

      var frame = client.next();

      assertThat(frame.path("type").asString()).as(frame.toString()).isEqualTo("surface");
    }
  }
}
