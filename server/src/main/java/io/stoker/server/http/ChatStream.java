package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.prompts.ChatEvent;
import io.stoker.prompts.PromptChat;
import io.stoker.server.Prompts;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// A turn as lines of JSON, each of which is sent as soon as it happens. Thread-safe.
public final class ChatStream {

  /// The header that tells which conversation it is.
  static final String ID = "X-Conversation-Id";

  private final Prompts prompts;

  public ChatStream(Prompts prompts) {
    this.prompts = prompts;
  }

  /// Begins a turn and follows it to its end. The turn does not mind if its follower leaves.
  ServerResponse chat(ServerRequest request) throws IOException {
    var said = Said.of(request);
    var id = said.anyConversation();
    var text = said.text("message").strip();
    var model = said.name("model");
    var cwd = said.name("cwd");
    var tenant = said.tenant();
    var events = new LinkedBlockingQueue<ChatEvent>();
    var watch = prompts.chat().watch(id, events::add);
    Follower follower;
    try {
      follower = new Follower(prompts.chat().start(id, text, model, cwd, tenant), events, watch);
    } catch (RuntimeException e) {
      watch.close();
      throw e;
    }
    return ServerResponse.ok()
        .contentType(MediaType.APPLICATION_NDJSON)
        .header(ID, asHeader(id))
        .header("X-Accel-Buffering", "no")
        .stream(
            stream -> Thread.ofVirtual().name("stoker-turn").start(() -> follower.follow(stream)));
  }

  private static String asHeader(String id) {
    return id.chars().allMatch(c -> c > ' ' && c < 0x7F) ? id : URLEncoder.encode(id, UTF_8);
  }

  /// Somebody who follows one turn. Confined to one thread.
  private record Follower(
      PromptChat.Turn turn, BlockingQueue<ChatEvent> events, PromptChat.Watch watch) {

    void follow(StreamBuilder stream) {
      try (watch) {
        boolean over = false;
        while (!over) {
          var event = events.take();
          if (event.turnId().equals(turn.turnId())) {
            stream.write((ChatJson.write(ChatWire.Event.of(event)) + "\n").getBytes(UTF_8)).flush();
            over = isLast(event);
          }
        }
        stream.complete();
      } catch (IOException _) {
        // The follower has left.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        stream.error(e);
      }
    }

    /// A turn that never began has no more to say than why.
    private boolean isLast(ChatEvent event) {
      return turn.began()
          ? event instanceof ChatEvent.TurnSealed
          : event instanceof ChatEvent.Failed;
    }
  }
}
