package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A pipeline that responds to some questions with an error status. Thread-safe.
public final class FailingPipeline implements AutoCloseable {

  private final HttpServer server;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile String failing = "";
  private volatile int status = 200;

  public FailingPipeline() {
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/ask",
        exchange -> {
          calls.incrementAndGet();
          var asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          int code = asked.contains(failing) ? status : 200;
          var body =
              (code == 200 ? "{\"answer\": \"an answer\"}" : "out of memory").getBytes(UTF_8);
          exchange.sendResponseHeaders(code, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/ask";
  }

  /// Questions with this text in them get this status from now on.
  public void fails(String text, int code) {
    failing = text;
    status = code;
  }

  /// Every question gets its answer from now on.
  public void recovers() {
    status = 200;
  }

  public int calls() {
    return calls.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
