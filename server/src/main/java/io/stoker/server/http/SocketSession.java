package io.stoker.server.http;

import io.stoker.BackgroundTask;
import io.stoker.CallException;
import io.stoker.StokerException;
import io.stoker.prompts.ConversationTakenException;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptLimitException;
import io.stoker.prompts.TurnInProgressException;
import io.stoker.prompts.WarmRefusedException;
import io.stoker.prompts.WarmingState;
import io.stoker.server.http.SurfaceSubscriptions.Subscription;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.wire.InvalidValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The protocol of one socket: handles the client's frames and holds its subscriptions.
///
/// Frames arrive one at a time; another thread may close it at any time. Closing ends nothing but
/// the subscriptions: turns and warms go on. Thread-safe.
final class SocketSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SocketSession.class);

  private static final int MAX_SUBSCRIPTIONS = 10_000;
  private static final int MAX_CONCURRENT_WARMS = 16;

  private static final double MILLIS = 1000;

  private final PromptServices prompts;
  private final SurfaceSubscriptions surfaces;
  private final SendQueue sendQueue;
  private final Ownership own;
  private final Consumer<Access> access;

  // The rest is guarded by this object. The lock is never held during calls to other objects.
  private final Set<Subscription> subscriptions = new HashSet<>();
  private final Map<String, PromptChat.Watch> watches = new HashMap<>();
  private int warms;
  private boolean closed;

  /// @param own the conversations that the client may use
  /// @param access throws a [ProblemException] if the client lacks this access
  SocketSession(
      PromptServices prompts,
      SurfaceSubscriptions surfaces,
      SendQueue sendQueue,
      Ownership own,
      Consumer<Access> access) {
    this.prompts = prompts;
    this.surfaces = surfaces;
    this.sendQueue = sendQueue;
    this.own = own;
    this.access = access;
    sendQueue.add(SurfaceSubscriptions.CATALOG);
  }

  /// Handles a frame; failures are sent to the client.
  void receive(String frame) {
    try {
      var request = ChatRequest.of(frame);
      var type = request.text("type");
      switch (type) {
        case "subscribe", "unsubscribe", "invoke" -> surface(type, request);
        case "chat.send" -> send(request);
        case "chat.subscribe", "chat.unsubscribe" -> watch(type, request);
        default -> throw new InvalidValueException("Unknown type", ChatRequest.shortened(type));
      }
    } catch (RuntimeException e) {
      sendQueue.add(new ChatWire.Failure(message(e), null));
    }
  }

  /// The message for the client.
  private static String message(RuntimeException e) {
    return switch (e) {
      case InvalidValueException _,
          TurnInProgressException _,
          WarmRefusedException _,
          PromptLimitException _,
          ConversationTakenException _,
          CallException _,
          ProblemException _,
          StokerException _ ->
          String.valueOf(e.getMessage());
      default -> {
        LOG.error("A frame could not be processed: internal error", e);
        yield "Internal error; see Stoker's log";
      }
    };
  }

  // --- surfaces ---

  private void surface(String type, ChatRequest request) {
    var surface = request.text("surfaceId");
    try {
      access.accept(type.equals("invoke") ? Access.USE : Access.AUTHENTICATED);
      switch (type) {
        case "subscribe" ->
            subscribe(
                new Subscription(SurfaceSubscriptions.checked(surface), request.conversation()));
        case "unsubscribe" -> unsubscribe(new Subscription(surface, request.conversation()));
        default -> invoke(SurfaceSubscriptions.checked(surface), request);
      }
    } catch (RuntimeException e) {
      fail(surface, e);
    }
  }

  private void fail(String surface, RuntimeException e) {
    sendQueue.add(new ChatWire.Failure(message(e), ChatRequest.shortened(surface)));
  }

  private void subscribe(Subscription subscription) {
    synchronized (this) {
      requireRoom(subscriptions.contains(subscription));
      subscriptions.add(subscription);
    }
    surfaces.subscribe(subscription, sendQueue, own);
    if (isClosed()) {
      surfaces.unsubscribe(subscription, sendQueue);
    }
  }

  private void requireRoom(boolean isSubscribed) {
    if (!isSubscribed && subscriptions.size() + watches.size() >= MAX_SUBSCRIPTIONS) {
      throw new InvalidValueException(
          "Too much", "expected at most " + MAX_SUBSCRIPTIONS + " subscriptions on a socket");
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void unsubscribe(Subscription subscription) {
    boolean wasSubscribed;
    synchronized (this) {
      wasSubscribed = subscriptions.remove(subscription);
    }
    if (wasSubscribed) {
      surfaces.unsubscribe(subscription, sendQueue);
    }
  }

  private void invoke(String surface, ChatRequest request) {
    var action = request.text("actionId");
    var payload = request.member("payload");
    if (!surface.equals(CacheWarmingSurface.ID)) {
      throw new InvalidValueException("Unknown action", ChatRequest.shortened(action));
    }
    switch (action) {
      case CacheWarmingSurface.TOGGLE -> {
        var on = onOrOff(payload);
        prompts.warmer().setEnabled(claimed(request), on);
      }
      case CacheWarmingSurface.SET_INTERVAL -> {
        var interval = interval(payload);
        prompts.warmer().setInterval(claimed(request), interval);
      }
      case CacheWarmingSurface.WARM -> warm(surface, request.requiredConversation());
      default -> throw new InvalidValueException("Unknown action", ChatRequest.shortened(action));
    }
  }

  private String claimed(ChatRequest request) {
    var conversation = request.requiredConversation();
    own.claim(conversation);
    return conversation;
  }

  private static @Nullable Boolean onOrOff(@Nullable JsonNode payload) {
    if (payload == null) {
      return null;
    }
    if (!payload.isBoolean()) {
      throw new InvalidValueException(
          "payload", "expected true or false, got " + ChatRequest.shown(payload));
    }
    return payload.booleanValue();
  }

  /// An interval in possibly fractional seconds, raised to the shortest if it is shorter.
  private static Duration interval(@Nullable JsonNode payload) {
    var number = payload != null && payload.isObject() ? payload.get("value") : payload;
    double seconds = number != null && number.isNumber() ? number.doubleValue() : Double.NaN;
    long most = WarmingState.MAX_INTERVAL.toSeconds();
    if (!(seconds > 0 && seconds <= most)) {
      throw new InvalidValueException(
          "payload",
          "expected seconds above 0 and at most "
              + most
              + ", got "
              + (payload == null ? "nothing" : ChatRequest.shown(payload)));
    }
    var interval = Duration.ofMillis(Math.round(seconds * MILLIS));
    return interval.compareTo(WarmingState.MIN_INTERVAL) < 0 ? WarmingState.MIN_INTERVAL : interval;
  }

  /// Warms in the background, so that the client's next frames do not wait.
  private void warm(String surface, String conversation) {
    own.require(conversation);
    synchronized (this) {
      if (warms >= MAX_CONCURRENT_WARMS) {
        throw new InvalidValueException(
            "Too much", "expected at most " + MAX_CONCURRENT_WARMS + " warms at a time");
      }
      warms++;
    }
    BackgroundTask.start(
        "stoker-warm",
        () -> {
          try {
            prompts.warmer().warm(conversation, null);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            fail(surface, e);
          } finally {
            synchronized (this) {
              warms--;
            }
          }
        });
  }

  // --- chats ---

  private void send(ChatRequest request) {
    String conversation = null;
    try {
      conversation = request.conversationOrNew();
      access.accept(Access.USE);
      var message = request.text("message");
      var model = request.name("model");
      var cwd = request.name("cwd");
      var tenant = own.tenant(request.tenant());
      own.claim(conversation);
      watch(conversation);
      prompts.chat().start(conversation, message, model, cwd, tenant);
    } catch (RuntimeException e) {
      sendQueue.add(
          new ChatWire.ChatFailure(
              message(e), request.member("conversationId") == null ? null : conversation));
    }
  }

  private void watch(String type, ChatRequest request) {
    try {
      access.accept(Access.AUTHENTICATED);
      var conversation = request.requiredConversation();
      if (type.equals("chat.subscribe")) {
        watch(conversation);
      } else {
        unwatch(conversation);
      }
    } catch (RuntimeException e) {
      sendQueue.add(new ChatWire.ChatFailure(message(e), null));
    }
  }

  /// Subscribes to a conversation's turns unless it already is.
  private void watch(String conversation) {
    synchronized (this) {
      requireRoom(watches.containsKey(conversation));
      if (closed || watches.containsKey(conversation)) {
        return;
      }
    }
    var watch = prompts.chat().watch(conversation, own.watcher(sendQueue::add));
    synchronized (this) {
      if (!closed) {
        watches.put(conversation, watch);
        return;
      }
    }
    watch.close();
  }

  private void unwatch(String conversation) {
    PromptChat.Watch watch;
    synchronized (this) {
      watch = watches.remove(conversation);
    }
    if (watch != null) {
      watch.close();
    }
  }

  /// Ends all subscriptions.
  @Override
  public void close() {
    List<Subscription> subscribed;
    List<PromptChat.Watch> watched;
    synchronized (this) {
      closed = true;
      subscribed = new ArrayList<>(subscriptions);
      watched = new ArrayList<>(watches.values());
      subscriptions.clear();
      watches.clear();
    }
    sendQueue.close();
    subscribed.forEach(subscription -> surfaces.unsubscribe(subscription, sendQueue));
    watched.forEach(PromptChat.Watch::close);
  }
}
