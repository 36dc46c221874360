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

/// A JSON object sent by a chat front end, as a frame or a body, whose members are read one by one.
/// Other members are ignored; null counts as left out.
final class ChatRequest {

  private static final String CONVERSATION = "conversationId";
  private static final int MAX_SHOWN = 60;

  private final JsonNode object;

  private ChatRequest(JsonNode object) {
    this.object = object;
  }

  /// @throws InvalidValueException if it is not a JSON object
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

  /// Reads a request's body, whatever its media type.
  static ChatRequest of(ServerRequest request) throws IOException {
    return of(TextLimits.decoded("body", JsonBody.bytes(request)));
  }

  /// A required text that is not blank.
  ///
  /// @throws InvalidValueException if it is missing, blank or not text
  String text(String name) {
    var text = optional(name);
    if (text == null || text.isBlank()) {
      throw new InvalidValueException(name, "expected some text, got " + shown(object.path(name)));
    }
    return text;
  }

  /// An optional text without control characters; null if it is missing.
  ///
  /// @throws InvalidValueException if it is not such a text
  @Nullable String name(String name) {
    var text = optional(name);
    if (text != null && text.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidValueException(name, "expected text without control characters, got some");
    }
    return text;
  }

  /// The id of a conversation; null if it is missing.
  ///
  /// @throws InvalidValueException if it is invalid
  @Nullable String conversation() {
    var id = optional(CONVERSATION);
    return id == null ? null : checkedId(CONVERSATION, id);
  }

  /// The id of a conversation.
  ///
  /// @throws InvalidValueException if it is missing or invalid
  String requiredConversation() {
    return checkedId(CONVERSATION, text(CONVERSATION));
  }

  /// The id of a conversation, a new one if it is missing.
  ///
  /// @throws InvalidValueException if it is invalid
  String conversationOrNew() {
    var id = conversation();
    return id == null ? UUID.randomUUID().toString() : id;
  }

  /// The tenant of a conversation; null if it is missing.
  ///
  /// @throws InvalidValueException if it is invalid
  @Nullable String tenant() {
    var tenant = optional("tenant");
    return tenant == null ? null : checkedId("tenant", tenant);
  }

  /// The conversation id in a request's path.
  ///
  /// @throws InvalidValueException if it is invalid
  static String conversationInPath(ServerRequest request) {
    return checkedId(CONVERSATION, request.pathVariable("id"));
  }

  /// The id of a conversation or a tenant.
  ///
  /// @param name of the member or parameter, for messages
  /// @throws InvalidValueException if it is invalid
  static String checkedId(String name, String id) {
    if (!Conversation.isId(id)) {
      throw new InvalidValueException(
          name,
          "expected 1 to "
              + Conversation.MAX_ID_LENGTH
              + " characters without control characters, got "
              + (id.isEmpty() ? "none" : "something else"));
    }
    return id;
  }

  /// A member as it was sent; null if it is missing.
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

  /// A value, shortened for messages.
  static String shown(JsonNode node) {
    return node.isMissingNode() ? "nothing" : shortened(node.toString());
  }

  static String shortened(String text) {
    return TextRules.truncated(text, MAX_SHOWN + 1);
  }
}
