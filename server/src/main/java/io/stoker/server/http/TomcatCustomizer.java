package io.stoker.server.http;

import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// Configures each port of Tomcat:
///
/// - Request parameters come from the query only. By default Tomcat reads the whole body of a form
///   for them, before the request is routed.
/// - `100 Continue` is sent when a handler reads the body (`Expect: 100-continue`).
/// - Streams have no timeout. Tomcat's default is 30 seconds, and
///   `spring.mvc.async.request-timeout` does not apply to streams of functional routes.
/// - Connections are registered in [ConnectionRegistry].
/// - Processors are not reused. One that has answered a request as HTTP/0.9 (`GET HTTP/1.1`, which
///   has no path) would answer a malformed request of the next client without a status line, too.
/// - Requests that Tomcat itself rejects are answered with a [Problem].
public final class TomcatCustomizer
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final long NO_TIMEOUT = 0;

  private final ConnectionRegistry connections;

  public TomcatCustomizer(ConnectionRegistry connections) {
    this.connections = connections;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(TrackingHttpProtocol.class.getName());
    factory.addConnectorCustomizers(this::configure);
    factory.addContextCustomizers(context -> {
      if (context.getParent() instanceof StandardHost host) {
        host.setErrorReportValveClass(ProblemErrorValve.class.getName());
      }
    });
  }

  void configure(Connector connector) {
    connector.setParseBodyMethods("");
    connector.setAsyncTimeout(NO_TIMEOUT);
    if (connector.getProtocolHandler() instanceof TrackingHttpProtocol protocol) {
      protocol.setContinueResponseTiming("onRead");
      protocol.setProcessorCache(0);
      protocol.register(connections);
    }
  }
}
