package io.stoker.server.http;

import io.stoker.server.access.Caller;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/// Where sockets are opened: `/ws`, and every other path that is asked to become a socket and is
/// not one of Stoker's own routes. Ordinary requests pass it by, and so does what is led here again
/// after an error or was not let in by [Guard].
public final class SocketDoor extends AbstractHandlerMapping {

  private static final Pattern OWN = Pattern.compile("/(api|actuator|app|lib)(/.*)?");

  private final WebSocketHttpRequestHandler handler;

  public SocketDoor(Sockets sockets) {
    this.handler = new WebSocketHttpRequestHandler(sockets, new DefaultHandshakeHandler());
    setOrder(Ordered.HIGHEST_PRECEDENCE);
  }

  @Override
  protected @Nullable Object getHandlerInternal(HttpServletRequest request) {
    return isKnock(request)
            && request.getDispatcherType() == DispatcherType.REQUEST
            && request.getUserPrincipal() instanceof Caller
        ? handler
        : null;
  }

  /// Whether a request asks to become a socket.
  static boolean isKnock(HttpServletRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
        && request.getMethod().equals("GET")
        && !OWN.matcher(request.getRequestURI()).matches();
  }
}
