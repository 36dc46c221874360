package io.stoker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A fault-injecting TCP proxy in front of a loopback port.
///
/// Faults last until [#restore()], which also reopens the port after [#cut()]. Thread-safe.
public final class TcpProxy implements AutoCloseable {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int BACKLOG = 200;
  private static final int CHUNK = 16 * 1024;

  private volatile int target;
  private final int port;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicLong connectionsAccepted = new AtomicLong();
  private final AtomicLong bytesToClient = new AtomicLong();
  private final AtomicLong bytesToServer = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private ServerSocket serverSocket;
  private Thread acceptor;
  private Faults faults = Faults.NONE;
  private long bytesUntilCut = Long.MAX_VALUE;

  private TcpProxy(int target) {
    this.target = target;
    this.serverSocket = bind(0);
    this.port = serverSocket.getLocalPort();
    this.acceptor = startAccepting(serverSocket);
  }

  /// Starts a proxy in front of a port, on a free port.
  public static TcpProxy to(int port) {
    return new TcpProxy(port);
  }

  public int port() {
    return port;
  }

  /// Connects new clients to another port, such as that of a restarted server.
  public void forwardTo(int otherPort) {
    target = otherPort;
  }

  /// Closes all connections and refuses new ones.
  public void cut() {
    stopAccepting();
    links.forEach(Link::close);
  }

  /// Ends every fault: new connections are accepted, and delayed data flows again.
  public void restore() {
    lock.lock();
    try {
      set(Faults.NONE);
      bytesUntilCut = Long.MAX_VALUE;
      if (serverSocket.isClosed()) {
        serverSocket = bind(port);
        acceptor = startAccepting(serverSocket);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Accepts and keeps connections, but forwards nothing in either direction.
  public void hang() {
    lock.lock();
    try {
      set(new Faults(true, faults.delay, faults.limit));
    } finally {
      lock.unlock();
    }
  }

  /// Delays every chunk, of at most 16 KiB, in both directions.
  public void delay(Duration perChunk) {
    lock.lock();
    try {
      set(new Faults(faults.hanging, perChunk, faults.limit));
    } finally {
      lock.unlock();
    }
  }

  /// Resets (RST) all open connections; new ones are accepted.
  public void reset() {
    links.forEach(Link::reset);
  }

  /// Closes each connection, also future ones, after that many more bytes from the server.
  public void cutAfter(long bytes) {
    lock.lock();
    try {
      links.forEach(link -> link.received = 0);
      set(new Faults(faults.hanging, faults.delay, bytes));
    } finally {
      lock.unlock();
    }
  }

  /// Does [#cut()] after that many more bytes from the server on all connections together.
  public void downAfter(long bytes) {
    lock.lock();
    try {
      bytesUntilCut = bytes;
    } finally {
      lock.unlock();
    }
  }

  public long connectionsAccepted() {
    return connectionsAccepted.get();
  }

  public int connectionsOpen() {
    return links.size();
  }

  public long bytesToClient() {
    return bytesToClient.get();
  }

  public long bytesToServer() {
    return bytesToServer.get();
  }

  @Override
  public void close() {
    cut();
    lock.lock();
    try {
      set(Faults.NONE);
    } finally {
      lock.unlock();
    }
  }

  private static ServerSocket bind(int port) {
    try {
      var serverSocket = new ServerSocket();
      serverSocket.setReuseAddress(true);
      serverSocket.bind(new InetSocketAddress(LOOPBACK, port), BACKLOG);
      return serverSocket;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port, e);
    }
  }

  private Thread startAccepting(ServerSocket open) {
    return Thread.ofVirtual().name("proxy-" + port).start(() -> accept(open));
  }

  /// Waits for the acceptor, because a closed server socket stays open while a thread blocks in
  /// `accept`.
  private void stopAccepting() {
    Thread leaving;
    lock.lock();
    try {
      close(serverSocket);
      leaving = acceptor;
    } finally {
      lock.unlock();
    }
    try {
      leaving.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(ServerSocket open) {
    while (!open.isClosed()) {
      try {
        link(open, open.accept());
      } catch (IOException _) {
        // The socket was closed, or the client has disconnected.
      }
    }
  }

  private void link(ServerSocket open, Socket client) {
    connectionsAccepted.incrementAndGet();
    var link = new Link(client);
    lock.lock();
    try {
      if (open.isClosed()) {
        link.close();
        return;
      }
      links.add(link);
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().start(link::run);
  }

  private void set(Faults wanted) {
    faults = wanted;
    changed.signalAll();
  }

  /// Waits until the next chunk may be forwarded.
  private void hold() throws InterruptedException {
    lock.lock();
    try {
      var begin = System.nanoTime();
      while (true) {
        var left = faults.delay.toNanos() - (System.nanoTime() - begin);
        if (faults.hanging) {
          changed.await();
        } else if (left > 0) {
          var _ = changed.awaitNanos(left);
        } else {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// How many of the wanted bytes the client may receive.
  private int grant(Link link, int wanted) {
    lock.lock();
    try {
      int granted = (int) Math.min(wanted, Math.min(faults.limit - link.received, bytesUntilCut));
      link.received += granted;
      bytesUntilCut -= bytesUntilCut == Long.MAX_VALUE ? 0 : granted;
      return granted;
    } finally {
      lock.unlock();
    }
  }

  private void closeIfSpent(Link link) {
    boolean down;
    boolean spent;
    lock.lock();
    try {
      down = bytesUntilCut == 0;
      spent = link.received >= faults.limit;
    } finally {
      lock.unlock();
    }
    if (down) {
      cut();
    } else if (spent) {
      link.close();
    }
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception _) {
      // It is closed already.
    }
  }

  private record Faults(boolean hanging, Duration delay, long limit) {
    static final Faults NONE = new Faults(false, Duration.ZERO, Long.MAX_VALUE);
  }

  /// A client's connection and its connection to the server.
  private final class Link {

    private final Socket client;
    private final Socket server = new Socket();
    private long received;

    private Link(Socket client) {
      this.client = client;
    }

    private void run() {
      try {
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        server.connect(new InetSocketAddress(LOOPBACK, target));
        var requests = Thread.ofVirtual().start(this::forward);
        backward();
        requests.join();
      } catch (IOException _) {
        // The server is down; the client's connection is closed below.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } finally {
        close();
      }
    }

    private void forward() {
      try {
        var chunk = new byte[CHUNK];
        for (int size; (size = client.getInputStream().read(chunk)) >= 0; ) {
          hold();
          bytesToServer.addAndGet(size);
          server.getOutputStream().write(chunk, 0, size);
        }
        server.shutdownOutput();
      } catch (IOException _) {
        close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void backward() throws InterruptedException {
      try {
        var chunk = new byte[CHUNK];
        for (int size; (size = server.getInputStream().read(chunk)) >= 0; ) {
          hold();
          int granted = grant(this, size);
          bytesToClient.addAndGet(granted);
          client.getOutputStream().write(chunk, 0, granted);
          closeIfSpent(this);
        }
        client.shutdownOutput();
      } catch (IOException _) {
        close();
      }
    }

    private void reset() {
      try {
        client.setSoLinger(true, 0);
        server.setSoLinger(true, 0);
      } catch (IOException _) {
        // It is closed already.
      }
      close();
    }

    private void close() {
      links.remove(this);
      TcpProxy.close(client);
      TcpProxy.close(server);
    }
  }
}
