package io.stoker.server.http;

import io.stoker.BackgroundTask;
import io.stoker.prompts.ChatEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits to be sent to one client, in order, and the thread that sends it. Thread-safe.
///
/// Whoever puts something in never waits. For a client that lags, pieces of an answer that follow
/// each other become one. A client for whom too much waits all the same is cut off.
final class SendQueue implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SendQueue.class);

  /// How much may wait, in characters.
  static final int MOST = 4 * 1024 * 1024;

  /// How many frames wait before pieces are put together.
  private static final int LAG = 256;

  /// How long a piece grows.
  private static final int LONGEST_PIECE = 16 * 1024;

  /// What a frame takes beside its text.
  private static final int FRAME = 128;

  private final Line line;
  private final Budget budget;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long size;
  private boolean closed;

  /// @param line to the client
  /// @param budget what may wait for all clients together
  SendQueue(Line line, Budget budget) {
    this.line = line;
    this.budget = budget;
    BackgroundTask.start("stoker-send-queue", this::send);
  }

  /// What waits for all clients together. Once it is too much, clients that lag are cut off.
  /// Thread-safe.
  static final class Budget {

    /// A part of the heap, of which a character may take two bytes.
    private static final int PART = 16;

    private final long most;
    private final AtomicLong size = new AtomicLong();

    /// @param most in characters
    Budget(long most) {
      this.most = most;
    }

    static Budget ofThisMachine() {
      return new Budget(Math.max(2L * MOST, Runtime.getRuntime().maxMemory() / PART));
    }

    private boolean isSpent() {
      return size.get() > most;
    }
  }

  /// A line to a client. Each method blocks until it is done.
  interface Line {

    /// Sends a frame.
    void send(String text) throws IOException;

    /// Sends a ping.
    void ping() throws IOException;

    /// Cuts the line since the client does not keep up.
    void cut();
  }

  private sealed interface Waiting {

    int length();
  }

  private record Ping() implements Waiting {

    @Override
    public int length() {
      return FRAME;
    }
  }

  private record Frame(String text) implements Waiting {

    @Override
    public int length() {
      return FRAME + text.length();
    }
  }

  /// An event of a turn, which becomes text when it is sent; what is added to it comes behind it.
  private static final class QueuedEvent implements Waiting {

    private final ChatEvent event;
    private final int weight;
    private @Nullable StringBuilder together;

    QueuedEvent(ChatEvent event) {
      this.event = event;
      this.weight = 2 * FRAME + lengthOf(event);
    }

    private static int lengthOf(ChatEvent event) {
      return switch (event) {
        case ChatEvent.UserMessage said -> said.text().length();
        case ChatEvent.TextDelta piece -> piece.delta().length();
        case ChatEvent.ReasoningDelta piece -> piece.delta().length();
        case ChatEvent.ToolCall call -> call.input().length();
        case ChatEvent.ToolResult result -> result.content().length();
        case ChatEvent.Failed failed -> failed.message().length();
        case ChatEvent.TurnStart _,
            ChatEvent.StepUsage _,
            ChatEvent.StepComplete _,
            ChatEvent.Done _,
            ChatEvent.TurnSealed _ ->
            0;
      };
    }

    @Override
    public int length() {
      return weight + (together == null ? 0 : together.length());
    }

    /// Takes another event in if it goes on where this one ends.
    boolean takesIn(ChatEvent next) {
      var more = continuation(event, next);
      if (more == null || length() + more.length() > LONGEST_PIECE) {
        return false;
      }
      if (together == null) {
        together = new StringBuilder();
      }
      together.append(more);
      return true;
    }

    private static @Nullable String continuation(ChatEvent event, ChatEvent next) {
      if (!event.turnId().equals(next.turnId())) {
        return null;
      }
      if (event instanceof ChatEvent.TextDelta && next instanceof ChatEvent.TextDelta more) {
        return more.delta();
      }
      if (event instanceof ChatEvent.ReasoningDelta
          && next instanceof ChatEvent.ReasoningDelta more) {
        return more.delta();
      }
      return null;
    }

    String text() {
      return ChatJson.write(new ChatWire.ChatDelta(ChatWire.Event.of(whole())));
    }

    private ChatEvent whole() {
      if (event instanceof ChatEvent.TextDelta(var id, var turn, var delta) && together != null) {
        return new ChatEvent.TextDelta(id, turn, delta + together);
      }
      if (event instanceof ChatEvent.ReasoningDelta(var id, var turn, var delta)
          && together != null) {
        return new ChatEvent.ReasoningDelta(id, turn, delta + together);
      }
      return event;
    }
  }

  /// Puts a frame in.
  void put(ChatWire.Frame frame) {
    put(ChatJson.write(frame));
  }

  /// Puts a ping in, behind what waits already: to a client that lags it is of no use earlier.
  void ping() {
    put(new Ping());
  }

  /// Puts a frame in that is text already.
  void put(String frame) {
    put(new Frame(frame));
  }

  /// Puts an event of a turn in.
  void put(ChatEvent event) {
    lock.lock();
    try {
      var last = waiting.size() < LAG ? null : waiting.peekLast();
      if (!(last instanceof QueuedEvent happening && grew(happening, event))) {
        put(new QueuedEvent(event));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean grew(QueuedEvent last, ChatEvent event) {
    long before = last.length();
    if (!last.takesIn(event)) {
      return false;
    }
    grow(last.length() - before);
    return true;
  }

  private void put(Waiting next) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (size + next.length() > MOST || (budget.isSpent() && !waiting.isEmpty())) {
        LOG.info("A client that does not keep up with what it asked for is cut off");
        end();
        BackgroundTask.start("stoker-cut", line::cut);
        return;
      }
      waiting.add(next);
      grow(next.length());
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void grow(long by) {
    size += by;
    budget.size.addAndGet(by);
  }

  private void end() {
    closed = true;
    waiting.clear();
    grow(-size);
    changed.signal();
  }

  private void send() {
    try {
      for (var next = take(); next != null; next = take()) {
        switch (next) {
          case Ping _ -> line.ping();
          case Frame frame -> line.send(frame.text());
          case QueuedEvent happening -> line.send(happening.text());
        }
      }
    } catch (IOException e) {
      LOG.debug("A client has gone: {}", e.toString());
      close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.error("A client is disconnected: internal error", e);
      close();
      line.cut();
    }
  }

  /// The next to be sent; null once there will be none.
  private @Nullable Waiting take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      var next = waiting.poll();
      if (next != null) {
        grow(-next.length());
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// Drops what still waits.
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        end();
      }
    } finally {
      lock.unlock();
    }
  }
}
