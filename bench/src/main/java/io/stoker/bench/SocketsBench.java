package io.stoker.bench;

import io.stoker.Time;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Measures the time from the request for a change until each subscriber receives it: through a
/// socket, the conversation's writer, the database and another socket.
///
/// Every socket subscribes to five conversations: four that it shares with nine others each, and
/// one shared by all, which changes last and less often. Each change sets an interval to a unique
/// number of seconds, which identifies the request in the update. Thread-safe.
final class SocketsBench {

  private static final int GROUPS_EACH = 4;
  private static final int GROUP = 10;

  private static final int CHANGES_PER_SECOND = 40;
  private static final Duration PACE = Duration.ofSeconds(1).dividedBy(CHANGES_PER_SECOND);
  private static final int WARM_UP_SECONDS = 10;
  private static final int CHANGES_FOR_ALL = 20;
  private static final Duration PACE_FOR_ALL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration AFTERWARDS = Duration.ofSeconds(3);
  private static final String NUMBER = "\"value\":";

  private final Time time = Time.system();
  private final int sockets;
  private final int groups;
  private final int warmUps;
  private final int changes;
  private final AtomicReferenceArray<@Nullable Duration> sentAt;
  private final AtomicIntegerArray arrived;
  private final List<Duration> few = Collections.synchronizedList(new ArrayList<>());
  private final List<Duration> all = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch subscribed;

  private SocketsBench(int sockets, int seconds) {
    this.sockets = sockets;
    this.groups = sockets * GROUPS_EACH / GROUP;
    this.warmUps = WARM_UP_SECONDS * CHANGES_PER_SECOND;
    this.changes = warmUps + seconds * CHANGES_PER_SECOND + CHANGES_FOR_ALL;
    this.sentAt = new AtomicReferenceArray<>(changes + 1);
    this.arrived = new AtomicIntegerArray(changes + 1);
    this.subscribed = new CountDownLatch(sockets * (GROUPS_EACH + 1));
  }

  /// The measurements.
  ///
  /// @param few the delays of updates to each of ten subscribers
  /// @param all the delays of updates to all sockets
  /// @param missing updates that did not arrive
  /// @param repeated updates that arrived more than once
  record Results(int sockets, List<Duration> few, List<Duration> all, long missing, long repeated) {

    int subscriptions() {
      return sockets * (GROUPS_EACH + 1);
    }
  }

  /// Measures.
  ///
  /// @param sockets a multiple of ten
  static Results run(int sockets, int seconds) throws InterruptedException {
    var bench = new SocketsBench(sockets, seconds);
    try (var scratch = TempFolder.make();
        var server = ServerProcess.start(scratch.folder())) {
      return bench.measure(server.sockets());
    }
  }

  private Results measure(URI server) throws InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var client = HttpClient.newBuilder().executor(threads).build()) {
      var open = new ArrayList<WebSocket>();
      for (int i = 0; i < sockets; i++) {
        open.add(open(client, server, i));
      }
      if (!subscribed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            subscribed.getCount() + " subscriptions were not answered within " + PATIENCE);
      }
      change(client.newWebSocketBuilder().buildAsync(server, new WebSocket.Listener() {}).join());
      time.pause(AFTERWARDS);
      open.forEach(WebSocket::abort);
      client.shutdownNow();
    }
    return results();
  }

  private WebSocket open(HttpClient client, URI server, int number) {
    var socket = client.newWebSocketBuilder().buildAsync(server, new Subscriber()).join();
    subscribe(socket, conversation(0));
    for (int i = 0; i < GROUPS_EACH; i++) {
      subscribe(socket, conversation(1 + (number * GROUPS_EACH + i) % groups));
    }
    return socket;
  }

  /// Number 0 is shared by all sockets.
  private static String conversation(int number) {
    return "bench-" + number;
  }

  private static void subscribe(WebSocket socket, String conversation) {
    say(
        socket,
        """
        {"type":"subscribe","surfaceId":"cache-warming","conversationId":"%s"}\
        """
            .formatted(conversation));
  }

  private static void say(WebSocket socket, String frame) {
    socket.sendText(frame, true).join();
  }

  private void change(WebSocket socket) throws InterruptedException {
    var due = time.ticks();
    for (int change = 1; change <= changes; change++) {
      time.pause(due.minus(time.ticks()));
      due = due.plus(isForAll(change) ? PACE_FOR_ALL : PACE);
      var conversation = conversation(isForAll(change) ? 0 : 1 + change % groups);
      sentAt.set(change, time.ticks());
      say(
          socket,
          """
          {"type":"invoke","surfaceId":"cache-warming","actionId":"cache-warming/set-interval",\
          "conversationId":"%s","payload":%d}\
          """
              .formatted(conversation, change));
    }
  }

  private boolean isForAll(int change) {
    return change > changes - CHANGES_FOR_ALL;
  }

  /// The listener of one socket, called for one frame at a time.
  private final class Subscriber implements WebSocket.Listener {

    private final StringBuilder frame = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      var now = time.ticks();
      frame.append(part);
      if (last) {
        arrived(frame, now);
        frame.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }

  private void arrived(StringBuilder frame, Duration now) {
    if (frame.indexOf("\"type\":\"surface\"") >= 0) {
      subscribed.countDown();
    } else if (frame.indexOf("\"type\":\"update\"") >= 0) {
      int change = interval(frame);
      var sent = change > changes ? null : sentAt.get(change);
      if (sent == null) {
        throw new IllegalStateException("expected an update of a change made here, got " + frame);
      }
      arrived.incrementAndGet(change);
      if (change > warmUps) {
        (isForAll(change) ? all : few).add(now.minus(sent));
      }
    }
  }

  /// The interval: the first value that is a number, since a toggle's is a boolean and a text's is
  /// quoted.
  private static int interval(StringBuilder frame) {
    int at = frame.indexOf(NUMBER);
    while (at >= 0 && !Character.isDigit(frame.charAt(at + NUMBER.length()))) {
      at = frame.indexOf(NUMBER, at + 1);
    }
    if (at < 0) {
      throw new IllegalStateException("expected an update with an interval, got " + frame);
    }
    int end = at + NUMBER.length();
    while (Character.isDigit(frame.charAt(end))) {
      end++;
    }
    return Integer.parseInt(frame, at + NUMBER.length(), end, 10);
  }

  private Results results() {
    long missing = 0;
    long repeated = 0;
    for (int change = warmUps + 1; change <= changes; change++) {
      int expected = isForAll(change) ? sockets : GROUP;
      missing += Math.max(0, expected - arrived.get(change));
      repeated += Math.max(0, arrived.get(change) - expected);
    }
    return new Results(sockets, List.copyOf(few), List.copyOf(all), missing, repeated);
  }
}
