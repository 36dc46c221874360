package io.stoker.server.http;

import io.stoker.server.access.Caller;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Base64;
import java.util.Collections;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.server.HandshakeFailureException;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/// Maps WebSocket handshakes to [SocketHandler], at `/ws` and at every other path outside Stoker's
/// own routes. Ignores other requests, error dispatches, and requests that [RequestFilter] has not
/// admitted.
public final class SocketMapping extends AbstractHandlerMapping {

  private static final Pattern OWN = Pattern.compile("/(api|actuator|app|lib)(/.*)?");

  private static final String HANDSHAKE =
      "expected a handshake as in RFC 6455, with 'Connection: Upgrade' and a Sec-WebSocket-Key"
          + " of 16 bytes, got another";

  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  private final WebSocketHttpRequestHandler handler;

  public SocketMapping(SocketHandler sockets) {
    this.handler = new WebSocketHttpRequestHandler(sockets, new DefaultHandshakeHandler());
    setOrder(Ordered.HIGHEST_PRECEDENCE);
  }

  @Override
  protected @Nullable Object getHandlerInternal(HttpServletRequest request) {
    return isHandshake(request)
            && request.getDispatcherType() == DispatcherType.REQUEST
            && request.getUserPrincipal() instanceof Caller
        ? (HttpRequestHandler) this::open
        : null;
  }

  /// Opens a socket, or answers with a problem; the library would send no message.
  private void open(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    var version = request.getHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION);
    if (!VERSION.equals(version)) {
      response.setHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION, VERSION);
      refuse(
          HttpStatus.UPGRADE_REQUIRED,
          "expected Sec-WebSocket-Version: 13, got " + (version == null ? "none" : "another"),
          response);
    } else if (!isUpgrade(request) || !hasKey(request)) {
      refuse(HttpStatus.BAD_REQUEST, HANDSHAKE, response);
    } else {
      try {
        handler.handleRequest(request, response);
      } catch (HandshakeFailureException _) {
        refuse(HttpStatus.BAD_REQUEST, HANDSHAKE, response);
      }
    }
  }

  private static void refuse(HttpStatus status, String detail, HttpServletResponse response)
      throws IOException {
    new Problem(status, "bad-handshake", detail).forChats().write(response);
  }

  private static boolean isUpgrade(HttpServletRequest request) {
    return Collections.list(request.getHeaders(HttpHeaders.CONNECTION)).stream()
        .flatMap(line -> Stream.of(line.split(",", -1)))
        .anyMatch(option -> option.strip().equalsIgnoreCase("upgrade"));
  }

  private static boolean hasKey(HttpServletRequest request) {
    var key = request.getHeader(WebSocketHttpHeaders.SEC_WEBSOCKET_KEY);
    try {
      return key != null && Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Whether a request is a WebSocket handshake.
  static boolean isHandshake(HttpServletRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
        && request.getMethod().equals("GET")
        && !OWN.matcher(request.getRequestURI()).matches();
  }
}
