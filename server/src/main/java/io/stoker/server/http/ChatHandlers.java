package io.stoker.server.http;

import static io.stoker.server.http.ChatRequest.conversationInPath;

import io.stoker.prompts.Conversation;
import io.stoker.prompts.StoredHistoryPart;
import io.stoker.prompts.TurnMetrics;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers for chat front ends. Thread-safe.
public final class ChatHandlers {

  /// The paths open to pages of other origins.
  private static final Pattern PATHS =
      Pattern.compile("/ws|/health|/models|/chat(/.*)?|/conversations(/.*)?");

  private final PromptServices prompts;

  public ChatHandlers(PromptServices prompts) {
    this.prompts = prompts;
  }

  /// Whether chat front ends use this path.
  static boolean isChat(String path) {
    return PATHS.matcher(path).matches();
  }

  ServerResponse health(ServerRequest request) {
    return json(Map.of("ok", true));
  }

  ServerResponse models(ServerRequest request) throws InterruptedException {
    return json(new ChatWire.Models(prompts.providers().models()));
  }

  /// Answers requests that are not a WebSocket handshake; [SocketMapping] handles those that are.
  ServerResponse socket(ServerRequest request) {
    return upgradeRequired(request.path()).response(HttpHeaders.UPGRADE, "websocket");
  }

  static Problem upgradeRequired(String path) {
    return new Problem(
            HttpStatus.UPGRADE_REQUIRED,
            "no-upgrade",
            "expected an upgrade to a WebSocket at " + path + ", got a plain request")
        .forChats();
  }

  ServerResponse warm(ServerRequest request) throws IOException, InterruptedException {
    var chat = ChatRequest.of(request);
    var id = chat.requiredConversation();
    var model = chat.name("model");
    chat.name("cwd"); // checked only: it does not affect the request to a provider
    own(request).require(id);
    return json(ChatWire.Warm.of(prompts.warmer().warm(id, model).usage()));
  }

  ServerResponse history(ServerRequest request) {
    var id = conversationInPath(request);
    long since = QueryParameters.of(request, "sinceSeq").number("sinceSeq", 0, Long.MAX_VALUE, 0);
    var chunks =
        own(request).owns(id) ? prompts.store().history(id, since) : List.<StoredHistoryPart>of();
    return json(
        new ChatWire.History(
            chunks.stream().map(ChatWire.Kept::of).toList(),
            chunks.isEmpty() ? since : chunks.getLast().seq()));
  }

  ServerResponse metrics(ServerRequest request) {
    var id = conversationInPath(request);
    var turns = own(request).owns(id) ? prompts.store().metrics(id) : List.<TurnMetrics>of();
    return json(new ChatWire.Turns(turns.stream().map(ChatWire.Turn::of).toList()));
  }

  ServerResponse close(ServerRequest request) {
    var id = conversationInPath(request);
    return json(new ChatWire.Closed(id, own(request).owns(id) && prompts.chat().close(id)));
  }

  ServerResponse delete(ServerRequest request) throws InterruptedException {
    var id = conversationInPath(request);
    own(request).require(id);
    if (!prompts.chat().delete(id)) {
      throw Problems.unknown("conversation", id);
    }
    return ServerResponse.noContent().build();
  }

  ServerResponse cwd(ServerRequest request) {
    return json(cwd(own(request).shown(conversationInPath(request))));
  }

  ServerResponse setCwd(ServerRequest request) throws IOException {
    var id = conversationInPath(request);
    var cwd = ChatRequest.of(request).name("cwd");
    if (cwd == null || cwd.isBlank()) {
      throw new InvalidValueException("cwd", "expected the path of a folder, got none");
    }
    own(request).claim(id);
    return json(cwd(prompts.warmer().setCwd(id, cwd)));
  }

  private static ChatWire.Cwd cwd(Conversation conversation) {
    return new ChatWire.Cwd(conversation.id(), orNull(conversation.cwd()));
  }

  ServerResponse languageServers(ServerRequest request) {
    var conversation = own(request).shown(conversationInPath(request));
    return json(new ChatWire.Lsp(conversation.id(), orNull(conversation.cwd()), List.of()));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private Ownership own(ServerRequest request) {
    return Ownership.of(request, prompts);
  }

  private static ServerResponse json(Object body) {
    return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).body(ChatJson.write(body));
  }
}
