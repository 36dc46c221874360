package io.stoker.server.http;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/// Tomcat's HTTP protocol handler, extended to register connections in [ConnectionRegistry]. Tomcat
/// instantiates it by class name.
public final class TrackingHttpProtocol extends Http11NioProtocol {

  private final Endpoint endpoint;

  public TrackingHttpProtocol() {
    this(new Endpoint());
  }

  private TrackingHttpProtocol(Endpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
  }

  /// Registers every connection from now on.
  void register(ConnectionRegistry connections) {
    endpoint.registerIn(connections);
    setMaxConnections(connections.maxPerPort());
  }

  private static final class Endpoint extends NioEndpoint {

    private @Nullable ConnectionRegistry registry;

    void registerIn(ConnectionRegistry target) {
      registry = target;
      connections = new RegisteringMap(this, target);
    }

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
      boolean isOpen = super.setSocketOptions(socket);
      // A tenth is kept free, since connections take a moment to close.
      if (registry != null
          && connections.size() > getMaxConnections() - 1 - getMaxConnections() / 10) {
        registry.makeRoom(connections.values().stream().map(Endpoint::id).toList());
      }
      return isOpen;
    }

    private Duration idle() {
      return Duration.ofMillis(Math.max(0, getKeepAliveTimeout()));
    }

    /// The connection id that requests report. Tomcat caches it, with the arguments it uses itself.
    private static String id(SocketWrapperBase<NioChannel> connection) {
      return connection.getServletConnection("http/1.1", "").getConnectionId();
    }
  }

  /// The map of a port's connections: Tomcat adds each before reading from it, and removes it when
  /// it is closed.
  private static final class RegisteringMap
      extends ConcurrentHashMap<SocketChannel, SocketWrapperBase<NioChannel>> {

    private static final long serialVersionUID = 1L;

    private final transient Endpoint endpoint;
    private final transient ConnectionRegistry registry;

    RegisteringMap(Endpoint endpoint, ConnectionRegistry registry) {
      this.endpoint = endpoint;
      this.registry = registry;
    }

    @Override
    public @Nullable SocketWrapperBase<NioChannel> put(
        SocketChannel socket, SocketWrapperBase<NioChannel> connection) {
      registry.opened(Endpoint.id(connection), socket, endpoint.idle());
      return super.put(socket, connection);
    }

    @Override
    public @Nullable SocketWrapperBase<NioChannel> remove(Object socket) {
      var connection = super.remove(socket);
      if (connection != null) {
        registry.closed(Endpoint.id(connection));
      }
      return connection;
    }
  }
}
