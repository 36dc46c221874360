package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptWarmer;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.wire.InvalidValueException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// The subscriptions to surfaces by conversation, so that a change notifies only the clients that
/// have subscribed to it. Thread-safe.
final class SurfaceSubscriptions implements PromptWarmer.Listener {

  /// The first frame of every socket.
  static final ChatWire.Catalog CATALOG =
      new ChatWire.Catalog(List.of(CacheWarmingSurface.ENTRY, LoadedExtensionsSurface.ENTRY));

  private final PromptServices prompts;
  private final Time time;
  private final ChatWire.Spec extensions;
  private final ConcurrentMap<String, Map<SendQueue, Ownership>> watching =
      new ConcurrentHashMap<>();

  SurfaceSubscriptions(PromptServices prompts, Time time) {
    this.prompts = prompts;
    this.time = time;
    this.extensions = LoadedExtensionsSurface.of(prompts.providers().all());
  }

  /// A surface and the conversation that it shows, if any.
  record Subscription(String surface, @Nullable String conversation) {

    /// The conversation whose changes are sent; null for none.
    @Nullable String watchedConversation() {
      return surface.equals(CacheWarmingSurface.ID) ? conversation : null;
    }
  }

  /// Checks that a surface exists.
  ///
  /// @throws InvalidValueException if it does not
  static String checked(String surface) {
    if (surface.equals(CacheWarmingSurface.ID) || surface.equals(LoadedExtensionsSurface.ID)) {
      return surface;
    }
    throw new InvalidValueException("Unknown surface", ChatRequest.shortened(surface));
  }

  /// Sends a surface, and from then on each change of it.
  void subscribe(Subscription subscription, SendQueue sendQueue, Ownership own) {
    var conversation = subscription.watchedConversation();
    if (conversation == null) {
      var spec =
          subscription.surface.equals(LoadedExtensionsSurface.ID)
              ? extensions
              : CacheWarmingSurface.EMPTY;
      sendQueue.add(new ChatWire.Surface(spec, subscription.conversation));
    } else {
      // On the conversation's thread, so that no change can come between.
      prompts
          .warmer()
          .view(
              conversation,
              known -> {
                add(conversation, sendQueue, own);
                var shown = own.shown(known);
                sendQueue.add(
                    new ChatWire.Surface(
                        CacheWarmingSurface.of(shown, prompts, time.now()), conversation));
              });
    }
  }

  private void add(String conversation, SendQueue sendQueue, Ownership own) {
    watching.compute(
        conversation,
        (_, known) -> {
          Map<SendQueue, Ownership> sendQueues = known == null ? new ConcurrentHashMap<>() : known;
          sendQueues.put(sendQueue, own);
          return sendQueues;
        });
  }

  void unsubscribe(Subscription subscription, SendQueue sendQueue) {
    var conversation = subscription.watchedConversation();
    if (conversation != null) {
      watching.computeIfPresent(
          conversation,
          (_, sendQueues) -> {
            sendQueues.remove(sendQueue);
            return sendQueues.isEmpty() ? null : sendQueues;
          });
    }
  }

  @Override
  public boolean watches(String id) {
    return watching.containsKey(id);
  }

  /// Sends a change to the subscribers, serialized once for all of them.
  @Override
  public void changed(Conversation conversation) {
    var sendQueues = watching.get(conversation.id());
    if (sendQueues != null) {
      var spec = CacheWarmingSurface.of(conversation, prompts, time.now());
      var frame = ChatJson.write(ChatWire.Update.of(spec, conversation.id()));
      sendQueues.forEach((sendQueue, own) -> {
        if (own.restriction().owns(conversation.tenant())) {
          sendQueue.add(frame);
        }
      });
    }
  }
}
