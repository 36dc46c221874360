package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.access.Caller;
import io.stoker.server.wire.DurationFormat;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/// Registers requests and their callers in [ConnectionRegistry], and enforces the timeout of
/// request bodies. Runs before [RequestFilter]. Thread-safe.
public final class RequestLimitsFilter extends OncePerRequestFilter {

  /// The paths of Actuator, which would read bodies although its endpoints here take none.
  private static final String ACTUATOR = "/actuator";

  private static final String USE = RequestLimitsFilter.class.getName() + ".USE";

  private final ConnectionRegistry connections;
  private final Duration bodyTimeout;
  private final Time time;

  public RequestLimitsFilter(ConnectionRegistry connections, Duration bodyTimeout, Time time) {
    this.connections = connections;
    this.bodyTimeout = bodyTimeout;
    this.time = time;
  }

  /// Marks the request's connection as used by an admitted caller until the request ends.
  ///
  /// @throws ProblemException if it uses too many already
  static void use(HttpServletRequest request, Caller caller) {
    if (request.getAttribute(USE) instanceof Use use) {
      use.by(caller);
    }
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var use = new Use(connections, request.getServletConnection().getConnectionId());
    request.setAttribute(USE, use);
    try {
      chain.doFilter(new LimitedRequest(request, time.ticks()), response);
    } finally {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(use);
      } else if (response.getStatus() != HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
        use.end();
      }
    }
  }

  /// The use of a connection by a request. A request that became a socket lasts until the
  /// connection is closed.
  private static final class Use implements AsyncListener {

    private final ConnectionRegistry connections;
    private final String connection;
    private volatile @Nullable Caller caller;

    Use(ConnectionRegistry connections, String connection) {
      this.connections = connections;
      this.connection = connection;
      connections.begin(connection);
    }

    void by(Caller admitted) {
      connections.use(connection, admitted);
      caller = admitted;
    }

    void end() {
      connections.end(connection, caller);
    }

    @Override
    public void onComplete(AsyncEvent event) {
      end();
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }

  /// A request whose body has a deadline.
  private final class LimitedRequest extends HttpServletRequestWrapper {

    private final Duration start;
    private @Nullable LimitedBody body;

    LimitedRequest(HttpServletRequest request, Duration start) {
      super(request);
      this.start = start;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      if (body == null) {
        boolean isIgnored = getRequestURI().startsWith(ACTUATOR);
        body = new LimitedBody(super.getInputStream(), start.plus(bodyTimeout), isIgnored);
      }
      return body;
    }

    /// Responses are always in English, and Tomcat rejects requests that accept more than ten
    /// languages.
    @Override
    public Locale getLocale() {
      return Locale.ENGLISH;
    }

    @Override
    public Enumeration<Locale> getLocales() {
      return Collections.enumeration(List.of(Locale.ENGLISH));
    }

    /// Health is always JSON, whatever the client accepts.
    private boolean isIgnored(String header) {
      return header.equalsIgnoreCase(HttpHeaders.ACCEPT)
          && getRequestURI().startsWith("/actuator/health");
    }

    @Override
    public @Nullable String getHeader(String name) {
      return isIgnored(name) ? null : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return isIgnored(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
    }

    @Override
    public BufferedReader getReader() throws IOException {
      var name = getCharacterEncoding();
      var charset = name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
      return new BufferedReader(new InputStreamReader(getInputStream(), charset));
    }
  }

  /// A request body with a deadline. Each read also has Tomcat's timeout. Failures are reported as
  /// the client's errors, not as internal ones.
  private final class LimitedBody extends ServletInputStream {

    private final ServletInputStream bytes;
    private final Duration deadline;
    private final boolean isIgnored;

    /// @param isIgnored whether to treat the body as empty
    LimitedBody(ServletInputStream bytes, Duration deadline, boolean isIgnored) {
      this.bytes = bytes;
      this.deadline = deadline;
      this.isIgnored = isIgnored;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (isIgnored) {
        return -1;
      }
      if (time.ticks().compareTo(deadline) >= 0) {
        throw new ProblemException(
            HttpStatus.REQUEST_TIMEOUT,
            "too-slow",
            "expected a whole body within "
                + DurationFormat.format(bodyTimeout)
                + ", got a part of it (stoker.http.body-timeout)");
      }
      try {
        return bytes.read(into, offset, length);
      } catch (java.net.SocketTimeoutException _) {
        throw new ProblemException(
            HttpStatus.REQUEST_TIMEOUT, "too-slow", "expected more of the body, got nothing");
      } catch (IOException e) {
        throw new ProblemException(
            new Problem(
                HttpStatus.BAD_REQUEST,
                "bad-body",
                "expected a body as the request's headers announce it, got a part of it or"
                    + " something else"),
            e);
      }
    }

    @Override
    public boolean isFinished() {
      return bytes.isFinished();
    }

    @Override
    public boolean isReady() {
      return bytes.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      bytes.setReadListener(listener);
    }

    @Override
    public int available() throws IOException {
      return bytes.available();
    }
  }
}
