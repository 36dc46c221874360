package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// A fake language model behind a socket, for workers in this process and in others.
///
/// Answers at once and counts calls; a worker's answers can be held back. Put a [TcpProxy] in front
/// to make it refuse, hang or break off. A call is a connection with one line, `worker TAB
/// question`, and the answer is one line. [SocketPipeline] is the client. Thread-safe.
public final class SocketModel implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int BACKLOG = 500;

  private final ServerSocket serverSocket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final Map<String, Integer> asked = new HashMap<>();
  private final Map<String, Integer> waiting = new HashMap<>();
  private final Map<String, Integer> answered = new HashMap<>();
  private final Set<String> held = new HashSet<>();
  private int answers;

  private SocketModel(ServerSocket serverSocket) {
    this.serverSocket = serverSocket;
  }

  /// Starts a model on a free port.
  public static SocketModel start() {
    try {
      var model = new SocketModel(new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1")));
      Thread.ofVirtual().name("outside-model").start(model::accept);
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The answer to a question.
  public static String answerTo(String question) {
    return "Answer to " + question;
  }

  public int port() {
    return serverSocket.getLocalPort();
  }

  /// Holds back a worker's answers from now on.
  public void hold(String worker) {
    lock.lock();
    try {
      held.add(worker);
    } finally {
      lock.unlock();
    }
  }

  /// Releases a worker's held answers, and answers it at once from now on.
  public void release(String worker) {
    lock.lock();
    try {
      held.remove(worker);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until that many answers of a worker are held.
  public void awaitHeld(String worker, int calls) throws InterruptedException {
    await(
        worker + " waits for " + calls + " answers",
        () -> waiting.getOrDefault(worker, 0) >= calls);
  }

  /// Waits until that many answers were given to all workers together.
  public void awaitAnswers(int calls) throws InterruptedException {
    await(calls + " answers were given", () -> answers >= calls);
  }

  /// The number of answers given.
  public int answers() {
    return read(() -> answers);
  }

  /// The number of answers given to a worker.
  public int answers(String worker) {
    return read(() -> answered.getOrDefault(worker, 0));
  }

  /// The number of calls with a question.
  public int calls(String question) {
    return read(() -> asked.getOrDefault(question, 0));
  }

  /// Aborts all calls and stops.
  @Override
  public void close() {
    close(serverSocket);
    open.forEach(SocketModel::close);
  }

  private void accept() {
    while (!serverSocket.isClosed()) {
      try {
        var caller = serverSocket.accept();
        open.add(caller);
        Thread.ofVirtual().name("outside-model-call").start(() -> serve(caller));
      } catch (IOException _) {
        // The socket was closed, or the caller has disconnected.
      }
    }
  }

  private void serve(Socket caller) {
    try (caller) {
      var line =
          new BufferedReader(new InputStreamReader(caller.getInputStream(), UTF_8)).readLine();
      if (line == null) {
        return;
      }
      int tab = line.indexOf('\t');
      var worker = line.substring(0, tab);
      var question = line.substring(tab + 1);
      awaitAnswer(worker, question);
      caller.getOutputStream().write((answerTo(question) + "\n").getBytes(UTF_8));
    } catch (IOException _) {
      // The caller has disconnected.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(caller);
    }
  }

  private void awaitAnswer(String worker, String question) throws InterruptedException {
    lock.lock();
    try {
      asked.merge(question, 1, Integer::sum);
      waiting.merge(worker, 1, Integer::sum);
      changed.signalAll();
      while (held.contains(worker) && !serverSocket.isClosed()) {
        changed.await();
      }
      waiting.merge(worker, -1, Integer::sum);
      answered.merge(worker, 1, Integer::sum);
      answers++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void await(String wanted, BooleanSupplier question) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = PATIENCE.toNanos();
      while (!question.getAsBoolean()) {
        if (left <= 0) {
          throw new IllegalStateException(
              "gave up after " + PATIENCE + " waiting until " + wanted + "; so far " + answers);
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private int read(IntSupplier number) {
    lock.lock();
    try {
      return number.getAsInt();
    } finally {
      lock.unlock();
    }
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception _) {
      // It is closed already.
    }
  }
}
