package io.stoker.examples.springsession;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.web.http.SessionRepositoryFilter;

/// A web application with Spring Session's filter and any of its repositories: `/sign-in`, `/me`
/// (401 for visitors that are not signed in) and `/sign-out`.
final class SignInServer implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();
  private final HttpClient client = HttpClient.newHttpClient();

  /// A reply.
  ///
  /// @param cookie as in a request's `Cookie` header; empty if none was set
  record Reply(int status, String cookie) {}

  SignInServer(SessionRepository<? extends Session> repository, Path folder) {
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    var context = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(context, "application", new Application()).addMapping("/*");
    var filter = new FilterDef();
    filter.setFilterName("sessions");
    filter.setFilter(new SessionRepositoryFilter<>(repository));
    context.addFilterDef(filter);
    var everywhere = new FilterMap();
    everywhere.setFilterName("sessions");
    everywhere.addURLPattern("/*");
    context.addFilterMap(everywhere);
    try {
      tomcat.getConnector();
      tomcat.start();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  Reply get(String path, String cookie) {
    var uri = URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + path);
    try {
      var reply =
          client.send(
              HttpRequest.newBuilder(uri).header("Cookie", cookie).build(),
              HttpResponse.BodyHandlers.discarding());
      return new Reply(
          reply.statusCode(),
          reply.headers().firstValue("Set-Cookie").orElse("").replaceFirst(";.*", ""));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Application extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      var session = request.getSession(false);
      switch (request.getRequestURI()) {
        case "/sign-in" -> {
          if (session != null) {
            request.changeSessionId();
          }
          request.getSession().setAttribute("name", "Ada");
        }
        case "/sign-out" -> session.invalidate();
        default ->
            response.setStatus(session == null || session.getAttribute("name") == null ? 401 : 200);
      }
    }
  }
}
