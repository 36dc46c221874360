package io.stoker.server.http;

import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// What Tomcat does in another way than it usually would, on each of its ports:
///
/// - Parameters come from the query alone. Tomcat would read the body of a form for them, whole and
///   before a route is asked for it.
/// - A client that announces a body (`Expect: 100-continue`) is asked for it once it is read.
/// - Streams of events stay open for as long as their viewers stay. Tomcat would cut each after 30
///   seconds; `spring.mvc.async.request-timeout` is not asked about streams of functional routes.
/// - Connections are registered in [ConnectionRegistry].
/// - What Tomcat refuses by itself is a [Problem], too.
public final class TomcatCustomizer
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final long NEVER = 0;

  private final ConnectionRegistry connections;

  public TomcatCustomizer(ConnectionRegistry connections) {
    this.connections = connections;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(TrackingHttpProtocol.class.getName());
    factory.addConnectorCustomizers(this::setUp);
    factory.addContextCustomizers(context -> {
      if (context.getParent() instanceof StandardHost host) {
        host.setErrorReportValveClass(ProblemErrorValve.class.getName());
      }
    });
  }

  /// Sets a port up.
  void setUp(Connector connector) {
    connector.setParseBodyMethods("");
    connector.setAsyncTimeout(NEVER);
    if (connector.getProtocolHandler() instanceof TrackingHttpProtocol protocol) {
      protocol.setContinueResponseTiming("onRead");
      protocol.tell(connections);
    }
  }
}
