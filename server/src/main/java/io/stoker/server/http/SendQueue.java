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

/// A per-connection queue of frames, and the thread that sends them in order. Thread-safe.
///
/// Adding never blocks. If a client is slow, consecutive text deltas are merged; if its queue still
/// exceeds the limit, it is disconnected.
final class SendQueue implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SendQueue.class);

  /// The maximum size of a queue, in characters.
  static final int MAX_SIZE = 4 * 1024 * 1024;

  /// The number of queued frames above which deltas are merged.
  private static final int MERGE_ABOVE = 256;

  /// The maximum size of merged deltas, in characters.
  private static final int MAX_MERGED = 16 * 1024;

  /// The estimated memory of a frame without its text, in characters.
  private static final int OVERHEAD = 128;

  private final Client client;
  private final SharedLimit limit;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Item> items = new ArrayDeque<>();
  private long size;
  private boolean closed;

  /// @param limit shared by the queues of all clients
  SendQueue(Client client, SharedLimit limit) {
    this.client = client;
    this.limit = limit;
    BackgroundTask.start("stoker-send-queue", this::sendAll);
  }

  /// A limit on the total size of all queues. Above it, clients with queued frames are disconnected
  /// when another frame is added. Thread-safe.
  static final class SharedLimit {

    /// The share of the heap, in characters: a character may take two bytes.
    private static final int HEAP_DIVISOR = 16;

    private final long maxSize;
    private final AtomicLong size = new AtomicLong();

    /// @param maxSize in characters
    SharedLimit(long maxSize) {
      this.maxSize = maxSize;
    }

    static SharedLimit ofThisMachine() {
      return new SharedLimit(
          Math.max(2L * MAX_SIZE, Runtime.getRuntime().maxMemory() / HEAP_DIVISOR));
    }

    private boolean isExceeded() {
      return size.get() > maxSize;
    }
  }

  /// The connection to a client. Each method blocks until it is done.
  interface Client {

    void send(String frame) throws IOException;

    void ping() throws IOException;

    /// Closes the connection because the client is too slow.
    void disconnect();
  }

  private sealed interface Item {

    /// In characters.
    int size();
  }

  private record Ping() implements Item {

    @Override
    public int size() {
      return OVERHEAD;
    }
  }

  private record Frame(String text) implements Item {

    @Override
    public int size() {
      return OVERHEAD + text.length();
    }
  }

  /// An event of a turn, serialized when it is sent, and the deltas merged into it.
  private static final class QueuedEvent implements Item {

    private final ChatEvent event;
    private final int eventSize;
    private @Nullable StringBuilder merged;

    QueuedEvent(ChatEvent event) {
      this.event = event;
      this.eventSize = 2 * OVERHEAD + textLength(event);
    }

    private static int textLength(ChatEvent event) {
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
    public int size() {
      return eventSize + (merged == null ? 0 : merged.length());
    }

    /// Merges the next event if it is a delta of the same turn and kind; false if it is not.
    boolean merge(ChatEvent next) {
      var delta = continuation(next);
      if (delta == null || size() + delta.length() > MAX_MERGED) {
        return false;
      }
      if (merged == null) {
        merged = new StringBuilder();
      }
      merged.append(delta);
      return true;
    }

    private @Nullable String continuation(ChatEvent next) {
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
      if (event instanceof ChatEvent.TextDelta(var id, var turn, var delta) && merged != null) {
        return new ChatEvent.TextDelta(id, turn, delta + merged);
      }
      if (event instanceof ChatEvent.ReasoningDelta(var id, var turn, var delta)
          && merged != null) {
        return new ChatEvent.ReasoningDelta(id, turn, delta + merged);
      }
      return event;
    }
  }

  void add(ChatWire.Frame frame) {
    add(ChatJson.write(frame));
  }

  /// Adds a serialized frame.
  void add(String frame) {
    add(new Frame(frame));
  }

  void addPing() {
    add(new Ping());
  }

  /// Adds an event of a turn.
  void add(ChatEvent event) {
    lock.lock();
    try {
      var last = items.size() < MERGE_ABOVE ? null : items.peekLast();
      if (!(last instanceof QueuedEvent queued && merged(queued, event))) {
        add(new QueuedEvent(event));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean merged(QueuedEvent last, ChatEvent event) {
    long before = last.size();
    if (!last.merge(event)) {
      return false;
    }
    grow(last.size() - before);
    return true;
  }

  private void add(Item item) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (size + item.size() > MAX_SIZE || (limit.isExceeded() && !items.isEmpty())) {
        LOG.info("A client is disconnected because it reads more slowly than it is sent to");
        end();
        BackgroundTask.start("stoker-disconnect", client::disconnect);
        return;
      }
      items.add(item);
      grow(item.size());
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void grow(long by) {
    size += by;
    limit.size.addAndGet(by);
  }

  private void end() {
    closed = true;
    items.clear();
    grow(-size);
    changed.signal();
  }

  private void sendAll() {
    try {
      for (var next = take(); next != null; next = take()) {
        switch (next) {
          case Ping _ -> client.ping();
          case Frame frame -> client.send(frame.text());
          case QueuedEvent queued -> client.send(queued.text());
        }
      }
    } catch (IOException e) {
      LOG.debug("A client has disconnected: {}", e.toString());
      close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.error("A client is disconnected: internal error", e);
      close();
      client.disconnect();
    }
  }

  /// Waits for the next item; null once the queue is closed.
  private @Nullable Item take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.isEmpty() && !closed) {
        changed.await();
      }
      var next = items.poll();
      if (next != null) {
        grow(-next.size());
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// Drops the queued frames.
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
