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

/// A TCP proxy in front of a port of the loopback interface that misbehaves when told to.
///
/// Faults last until [#restore()], which also opens the port again after [#cut()]. Connections run
/// on virtual threads. Thread-safe.
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
  private ServerSocket door;
  private Thread doorman;
  private Faults faults = Faults.NONE;
  private long bytesUntilCut = Long.MAX_VALUE;

  private TcpProxy(int target) {
    this.target = target;
    this.door = open(0);
    this.port = door.getLocalPort();
    this.doorman = welcome(door);
  }

  /// A proxy in front of a port, on a free port.
  public static TcpProxy to(int port) {
    return new TcpProxy(port);
  }

  public int port() {
    return port;
  }

  /// Connects new clients to another port, such as that of a server that was started again.
  public void forwardTo(int otherPort) {
    target = otherPort;
  }

  /// Closes all connections and refuses new ones.
  public void cut() {
    shut();
    links.forEach(Link::close);
  }

  /// Ends every fault: new connections are accepted, and whatever was held up flows on.
  public void restore() {
    lock.lock();
    try {
      set(Faults.NONE);
      bytesUntilCut = Long.MAX_VALUE;
      if (door.isClosed()) {
        door = open(port);
        doorman = welcome(door);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Keeps and accepts connections but forwards nothing, in either direction.
  public void hang() {
    lock.lock();
    try {
      set(new Faults(true, faults.delay, faults.limit));
    } finally {
      lock.unlock();
    }
  }

  /// Holds up every chunk, of at most 16 KiB, in both directions.
  public void delay(Duration perChunk) {
    lock.lock();
    try {
      set(new Faults(faults.hanging, perChunk, faults.limit));
    } finally {
      lock.unlock();
    }
  }

  /// Resets (RST) all connections that are open now; new ones are accepted.
  public void reset() {
    links.forEach(Link::reset);
  }

  /// Closes each connection, also future ones, once it has had that many more bytes from the
  /// server.
  public void cutAfter(long bytes) {
    lock.lock();
    try {
      links.forEach(link -> link.received = 0);
      set(new Faults(faults.hanging, faults.delay, bytes));
    } finally {
      lock.unlock();
    }
  }

  /// Does [#cut()] once that many more bytes have come from the server on all connections together.
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

  private static ServerSocket open(int port) {
    try {
      var door = new ServerSocket();
      door.setReuseAddress(true);
      door.bind(new InetSocketAddress(LOOPBACK, port), BACKLOG);
      return door;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port, e);
    }
  }

  private Thread welcome(ServerSocket open) {
    return Thread.ofVirtual().name("proxy-" + port).start(() -> accept(open));
  }

  /// Waits for the doorman, because a closed door stays open for as long as someone waits at it.
  private void shut() {
    Thread leaving;
    lock.lock();
    try {
      close(door);
      leaving = doorman;
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
        // The door was closed, or the client has gone already: there is nothing to link.
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

  /// Returns when the next chunk may go on.
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

  /// How many of `wanted` bytes the client may still have.
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
      // Closing is all that is wanted, and it is closed.
    }
  }

  private record Faults(boolean hanging, Duration delay, long limit) {
    static final Faults NONE = new Faults(false, Duration.ZERO, Long.MAX_VALUE);
  }

  /// One client's connection and the connection to the server that belongs to it.
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
        // The server is not there, which the client notices by the close below.
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
