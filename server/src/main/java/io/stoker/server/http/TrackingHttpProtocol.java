package io.stoker.server.http;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/// Tomcat's HTTP, whose connections are registered in [ConnectionRegistry]. Tomcat makes it by its
/// name.
public final class TrackingHttpProtocol extends Http11NioProtocol {

  private final Endpoint endpoint;

  public TrackingHttpProtocol() {
    this(new Endpoint());
  }

  private TrackingHttpProtocol(Endpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
  }

  /// Tells of every connection from now on.
  void tell(ConnectionRegistry connections) {
    endpoint.watch(connections);
    setMaxConnections(connections.most());
  }

  /// What Tomcat makes connections of.
  private static final class Endpoint extends NioEndpoint {

    private @Nullable ConnectionRegistry watcher;

    void watch(ConnectionRegistry to) {
      watcher = to;
      connections = new Open(this, to);
    }

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
      boolean isOpen = super.setSocketOptions(socket);
      // A tenth is kept free, for connections take a moment to end.
      if (watcher != null
          && connections.size() > getMaxConnections() - 1 - getMaxConnections() / 10) {
        watcher.makeRoom(connections.values().stream().map(Endpoint::id).toList());
      }
      return isOpen;
    }

    private Duration idle() {
      return Duration.ofMillis(Math.max(0, getKeepAliveTimeout()));
    }

    /// The same by which a request knows its connection; asked as Tomcat asks, which keeps it.
    private static String id(SocketWrapperBase<NioChannel> connection) {
      return connection.getServletConnection("http/1.1", "").getConnectionId();
    }
  }

  /// The connections of a port: Tomcat puts each in before anything is read from it, and takes it
  /// out when it has ended.
  private static final class Open
      extends ConcurrentHashMap<SocketChannel, SocketWrapperBase<NioChannel>> {

    private static final long serialVersionUID = 1L;

    private final transient Endpoint endpoint;
    private final transient ConnectionRegistry watcher;

    Open(Endpoint endpoint, ConnectionRegistry watcher) {
      this.endpoint = endpoint;
      this.watcher = watcher;
    }

    @Override
    public @Nullable SocketWrapperBase<NioChannel> put(
        SocketChannel socket, SocketWrapperBase<NioChannel> connection) {
      watcher.opened(Endpoint.id(connection), socket, endpoint.idle());
      return super.put(socket, connection);
    }

    @Override
    public @Nullable SocketWrapperBase<NioChannel> remove(Object socket) {
      var connection = super.remove(socket);
      if (connection != null) {
        watcher.closed(Endpoint.id(connection));
      }
      return connection;
    }
  }
}
