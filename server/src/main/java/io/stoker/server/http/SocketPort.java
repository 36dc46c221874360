package io.stoker.server.http;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// An additional port that accepts only WebSockets, for clients that expect one.
public final class SocketPort implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private final int port;
  private final TomcatCustomizer customizer;

  /// @param port 0 for none
  public SocketPort(int port, TomcatCustomizer customizer) {
    this.port = port;
    this.customizer = customizer;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    if (port == 0) {
      return;
    }
    var connector = new Connector(TrackingHttpProtocol.class.getName());
    connector.setPort(port);
    customizer.configure(connector);
    if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
      protocol.setAddress(factory.getAddress());
      protocol.setExecutor(threads());
    }
    factory.addAdditionalConnectors(connector);
  }

  private static Executor threads() {
    ThreadFactory factory = Thread.ofVirtual().name("stoker-socket-", 0).factory();
    return Executors.newThreadPerTaskExecutor(factory);
  }
}
