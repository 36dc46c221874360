package io.stoker.server.http;

import io.stoker.TextRules;
import io.stoker.prompts.Conversation;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.TextLimits;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import tools.jackson.databind.JsonNode;

/// A JSON object from a front end of chats, a frame or a body, whose members are read one by one.
/// Members that nobody reads are ignored; null counts as left out.
final class ChatRequest {

  private static final int SHOWN = 60;

  private final JsonNode object;

  private ChatRequest(JsonNode object) {
    this.object = object;
  }

  /// @throws InvalidValueException if it is no JSON object
  static ChatRequest of(String json) {
    var node = ChatJson.read(json);
    if (node == null) {
      throw new InvalidValueException("Invalid JSON", "expected an object of at most 64 levels");
    }
    if (!node.isObject()) {
      throw new InvalidValueException("Invalid JSON", "expected an object, got " + shown(node));
    }
    return new ChatRequest(node);
  }

  /// A request's body, whatever its type.
  static ChatRequest of(ServerRequest request) throws IOException {
    return of(TextLimits.decoded("body", JsonBody.bytes(request)));
  }

  /// Some text that has to be there, and to be more than blanks.
  ///
  /// @throws InvalidValueException if it is not
  String text(String name) {
    var text = optional(name);
    if (text == null || text.isBlank()) {
      throw new InvalidValueException(name, "expected some text, got " + shown(object.path(name)));
    }
    return text;
  }

  /// Some text of one line; null if there is none.
  ///
  /// @throws InvalidValueException if it is something else
  @Nullable String name(String name) {
    var text = optional(name);
    if (text != null && text.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidValueException(name, "expected text without control characters, got some");
    }
    return text;
  }

  /// The id of a conversation; null if there is none.
  ///
  /// @throws InvalidValueException if it is something else
  @Nullable String conversation() {
    var id = optional("conversationId");
    return id == null ? null : checked(id);
  }

  /// The id of a conversation.
  ///
  /// @throws InvalidValueException if there is none
  String requiredConversation() {
    return checked(text("conversationId"));
  }

  /// The id of a conversation, a new one if there is none.
  ///
  /// @throws InvalidValueException if it is something else
  String anyConversation() {
    var id = conversation();
    return id == null ? UUID.randomUUID().toString() : id;
  }

  /// The tenant a conversation belongs to; null if there is none.
  ///
  /// @throws InvalidValueException if it is something else
  @Nullable String tenant() {
    var tenant = optional("tenant");
    if (tenant != null && !Conversation.isId(tenant)) {
      throw new InvalidValueException(
          "tenant",
          "expected 1 to "
              + Conversation.MAX_ID_LENGTH
              + " characters without control characters, got "
              + (tenant.isEmpty() ? "none" : "something else"));
    }
    return tenant;
  }

  /// An id, checked.
  ///
  /// @throws InvalidValueException if it cannot be one
  static String checked(String id) {
    if (!Conversation.isId(id)) {
      throw new InvalidValueException(
          "conversationId",
          "expected 1 to "
              + Conversation.MAX_ID_LENGTH
              + " characters without control characters, got "
              + (id.isEmpty() ? "none" : "something else"));
    }
    return id;
  }

  /// A member as it came; null if it is not there at all.
  @Nullable JsonNode member(String name) {
    return object.get(name);
  }

  private @Nullable String optional(String name) {
    var node = object.get(name);
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isString()) {
      throw new InvalidValueException(name, "expected text, got " + shown(node));
    }
    return TextLimits.checked(name, node.asString());
  }

  /// A value as it can be shown to whoever sent it.
  static String shown(JsonNode node) {
    return node.isMissingNode() ? "nothing" : shortened(node.toString());
  }

  static String shortened(String text) {
    return TextRules.truncated(text, SHOWN + 1);
  }
}
