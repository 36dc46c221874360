package io.stoker.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TcpProxyTest {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private ServerSocket echo;
  private TcpProxy proxy;

  @BeforeEach
  void open() throws IOException {
    echo = new ServerSocket(0, 50, LOOPBACK);
    Thread.ofVirtual().start(this::serve);
    proxy = TcpProxy.to(echo.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    echo.close();
  }

  @Test
  void bytes_pass_in_both_directions_and_are_counted() throws IOException {
    try (var client = connect()) {
      assertThat(say(client, "hello")).isEqualTo("hello");
    }

    assertThat(proxy.connectionsAccepted()).isEqualTo(1);
    assertThat(proxy.bytesToClient()).isEqualTo(5);
    assertThat(proxy.bytesToServer()).isEqualTo(5);
  }

  @Test
  void a_cut_closes_connections_and_refuses_new_ones_until_restored() throws IOException {
    try (var client = connect()) {
      say(client, "hello");

      proxy.cut();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }

    proxy.restore();

    try (var client = connect()) {
      assertThat(say(client, "again")).isEqualTo("again");
    }
  }

  @Test
  void a_hang_keeps_connections_silent_until_restored() throws IOException {
    try (var client = connect()) {
      say(client, "hello");
      proxy.hang();
      client.setSoTimeout(100);

      assertThatThrownBy(() -> say(client, "anyone?")).isInstanceOf(SocketTimeoutException.class);

      proxy.restore();
      client.setSoTimeout(10_000);
      assertThat(new String(client.getInputStream().readNBytes(7), US_ASCII)).isEqualTo("anyone?");
    }
  }

  @Test
  void a_delay_holds_up_each_chunk_both_ways() throws IOException {
    try (var client = connect()) {
      proxy.delay(Duration.ofMillis(50));
      var begin = System.nanoTime();

      say(client, "hello");

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(99));
    }
  }

  @Test
  void a_reset_is_an_error_to_clients_but_lets_new_ones_in() throws IOException {
    try (var client = connect()) {
      say(client, "hello");

      proxy.reset();

      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    try (var client = connect()) {
      assertThat(say(client, "again")).isEqualTo("again");
    }
  }

  @Test
  void a_connection_is_cut_after_exactly_so_many_bytes() throws IOException {
    try (var first = connect();
        var second = connect()) {
      say(first, "hello");
      proxy.cutAfter(3);

      first.getOutputStream().write("world".getBytes(US_ASCII));
      second.getOutputStream().write("again".getBytes(US_ASCII));

      assertThat(first.getInputStream().readAllBytes()).asString().isEqualTo("wor");
      assertThat(second.getInputStream().readAllBytes()).asString().isEqualTo("aga");
    }
  }

  @Test
  void the_proxy_goes_down_after_so_many_bytes_on_all_connections() throws IOException {
    try (var first = connect();
        var second = connect()) {
      say(first, "hello");
      proxy.downAfter(5);
      assertThat(say(first, "abc")).isEqualTo("abc");

      second.getOutputStream().write("xyz".getBytes(US_ASCII));

      assertThat(second.getInputStream().readAllBytes()).asString().isEqualTo("xy");
      assertThat(first.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void clients_of_a_dead_server_see_their_connection_end() throws IOException {
    try (var dead = TcpProxy.to(Ports.free());
        var client = new Socket(LOOPBACK, dead.port())) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Socket connect() throws IOException {
    var client = new Socket(LOOPBACK, proxy.port());
    client.setSoTimeout(10_000);
    return client;
  }

  private static String say(Socket client, String words) throws IOException {
    client.getOutputStream().write(words.getBytes(US_ASCII));
    return new String(client.getInputStream().readNBytes(words.length()), US_ASCII);
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        var client = echo.accept();
        Thread.ofVirtual().start(() -> repeat(client));
      } catch (IOException _) {
        // The test is over.
      }
    }
  }

  private static void repeat(Socket client) {
    try (client) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException _) {
      // The client has gone.
    }
  }
}
