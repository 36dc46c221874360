package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.prompts.ChatEvent;
import io.stoker.prompts.PromptChat;
import io.stoker.server.prompts.PromptServices;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// The handler that streams the events of a turn as newline-delimited JSON. Thread-safe.
public final class ChatStream {

  /// The response header with the conversation's id.
  static final String ID = "X-Conversation-Id";

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /// Sent while there are no events; readers of JSON ignore blanks between lines.
  private static final byte[] KEEP_ALIVE = {' '};

  private final PromptServices prompts;

  public ChatStream(PromptServices prompts) {
    this.prompts = prompts;
  }

  /// Starts a turn and streams it to its end. The turn goes on if the client disconnects.
  ServerResponse chat(ServerRequest request) throws IOException {
    var chat = ChatRequest.of(request);
    var id = chat.conversationOrNew();
    var text = chat.text("message").strip();
    var model = chat.name("model");
    var cwd = chat.name("cwd");
    var own = Ownership.of(request, prompts);
    var tenant = own.tenant(chat.tenant());
    own.claim(id);
    var events = new LinkedBlockingQueue<ChatEvent>();
    var watch = prompts.chat().watch(id, events::add);
    Follower follower;
    try {
      var turn = prompts.chat().start(id, text, model, cwd, tenant);
      follower = new Follower(prompts.chat(), id, turn, events, watch);
    } catch (RuntimeException | Error e) {
      watch.close();
      throw e;
    }
    return StreamedResponse.of(
        MediaType.APPLICATION_NDJSON,
        ServerResponse.ok().header(ID, asHeader(id)),
        follower::follow);
  }

  private static String asHeader(String id) {
    return id.chars().allMatch(c -> c > ' ' && c < 0x7F) ? id : URLEncoder.encode(id, UTF_8);
  }

  /// A client that follows one turn. Confined to one thread.
  private record Follower(
      PromptChat chat,
      String id,
      PromptChat.Turn turn,
      BlockingQueue<ChatEvent> events,
      PromptChat.Watch watch) {

    void follow(StreamBuilder stream) throws IOException, InterruptedException {
      try (watch) {
        boolean over = false;
        while (!over) {
          boolean running = chat.isRunning(id, turn.turnId());
          var event = events.poll(HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
          if (event != null && event.turnId().equals(turn.turnId())) {
            stream.write((ChatJson.write(ChatWire.Event.of(event)) + "\n").getBytes(UTF_8)).flush();
            over = isLast(event);
          } else if (event == null) {
            stream.write(KEEP_ALIVE).flush();
            over = !running; // read before polling, so no event can be missed
          }
        }
      }
    }

    /// A turn that could not start has one event, the failure.
    private boolean isLast(ChatEvent event) {
      return turn.began()
          ? event instanceof ChatEvent.TurnSealed
          : event instanceof ChatEvent.Failed;
    }
  }
}
