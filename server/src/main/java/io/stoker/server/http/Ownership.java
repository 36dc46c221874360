package io.stoker.server.http;

import io.stoker.prompts.ChatEvent;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptWarmer;
import io.stoker.server.access.Caller;
import io.stoker.server.access.TokenRestriction;
import io.stoker.server.prompts.PromptServices;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;

/// Checks which conversations, tenants and scopes a caller may use if its token is
/// [restricted][TokenRestriction]. All others look as if they did not exist. Thread-safe.
final class Ownership {

  private final TokenRestriction restriction;
  private final PromptWarmer warmer;

  Ownership(@Nullable Caller caller, PromptServices prompts) {
    this.restriction = caller == null ? TokenRestriction.NONE : caller.restriction();
    this.warmer = prompts.warmer();
  }

  static Ownership of(ServerRequest request, PromptServices prompts) {
    return new Ownership(caller(request), prompts);
  }

  private static @Nullable Caller caller(ServerRequest request) {
    return request.principal().orElse(null) instanceof Caller caller ? caller : null;
  }

  TokenRestriction restriction() {
    return restriction;
  }

  // --- conversations ---

  boolean owns(String conversation) {
    return restriction.isNone() || restriction.owns(warmer.conversation(conversation).tenant());
  }

  /// The conversation, or an empty one with the same id if it belongs to another tenant.
  Conversation shown(Conversation conversation) {
    return restriction.owns(conversation.tenant())
        ? conversation
        : warmer.unknown(conversation.id());
  }

  Conversation shown(String conversation) {
    return shown(warmer.conversation(conversation));
  }

  /// Requires that the caller may use a conversation.
  ///
  /// @throws ProblemException as for an unknown conversation, if it may not
  void require(String conversation) {
    if (!owns(conversation)) {
      throw Problems.unknown("conversation", conversation);
    }
  }

  /// Assigns a new conversation to the caller's tenant.
  ///
  /// @throws ProblemException if it belongs to another tenant, or the caller has no tenant
  void claim(String conversation) {
    if (restriction.isNone()) {
      return;
    }
    requireTenant();
    if (!restriction.owns(warmer.claim(conversation, restriction.tenant()).tenant())) {
      throw Problems.unknown("conversation", conversation);
    }
  }

  private void requireTenant() {
    if (restriction.tenant().isEmpty()) {
      throw new ProblemException(
          HttpStatus.FORBIDDEN,
          "other-tenant",
          "expected a token that is bound to a tenant, got one that is bound to scopes alone and"
              + " has no conversations. Make one with './stoker token create --tenant NAME'");
    }
  }

  /// The tenant to set for a conversation.
  ///
  /// @param requested null if the request names none
  /// @return null to leave the tenant unchanged
  /// @throws ProblemException if the caller may not use the requested tenant
  @Nullable String tenant(@Nullable String requested) {
    if (restriction.isNone()) {
      return requested;
    }
    requireTenant();
    if (requested != null && !requested.equals(restriction.tenant())) {
      throw new ProblemException(
          HttpStatus.FORBIDDEN,
          "other-tenant",
          "tenant: expected "
              + restriction.tenant()
              + ", which this token is bound to, or none, got another");
    }
    return restriction.tenant();
  }

  /// A watcher that forwards only turns that belong to the caller when they begin.
  PromptChat.Watcher watcher(PromptChat.Watcher target) {
    return !restriction.isNone() ? new OwnTurns(target) : target;
  }

  /// Confined to the thread that publishes a conversation's events.
  private final class OwnTurns implements PromptChat.Watcher {

    private final PromptChat.Watcher target;
    private String turn = "";
    private boolean isOwn;

    OwnTurns(PromptChat.Watcher target) {
      this.target = target;
    }

    @Override
    public void on(ChatEvent event) {
      if (!event.turnId().equals(turn)) {
        turn = event.turnId();
        isOwn = owns(event.conversationId());
      }
      if (isOwn) {
        target.on(event);
      }
    }
  }

  // --- answers ---

  /// The scope of a question.
  ///
  /// @param requested empty if the request names none
  /// @throws ProblemException if the caller may not use that scope
  static String scope(ServerRequest request, String requested) {
    var caller = caller(request);
    var scopes = caller == null ? TokenRestriction.NONE.scopes() : caller.restriction().scopes();
    if (caller == null || caller.restriction().isNone() || scopes.contains(requested)) {
      return requested;
    }
    if (requested.isEmpty() && scopes.size() == 1) {
      return scopes.getFirst();
    }
    throw new ProblemException(
        HttpStatus.FORBIDDEN,
        "other-scope",
        scopes.isEmpty()
            ? "expected a token that is bound to a scope, got one that is bound to a tenant alone."
                + " Make one with './stoker token create --scope NAME'"
            : "scope: expected one that this token is bound to, "
                + String.join(" or ", scopes)
                + ", got "
                + (requested.isEmpty() ? "none" : "another"));
  }
}
