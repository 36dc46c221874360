package io.stoker.server.http;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// Lets streams of events stay open for as long as their viewers stay. Tomcat would cut each after
/// 30 seconds; `spring.mvc.async.request-timeout` is not asked about streams of functional routes.
public final class OpenStreams
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private static final long NEVER = 0;

  public OpenStreams() {}

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addConnectorCustomizers(connector -> connector.setAsyncTimeout(NEVER));
  }
}
