package io.stoker.server.http;

import io.stoker.prompts.ChatEvent;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptWarmer;
import io.stoker.server.access.Binding;
import io.stoker.server.access.Caller;
import io.stoker.server.prompts.PromptServices;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;

/// What is a caller's own among conversations, tenants and scopes, where its token is
/// [bound][Binding]. What is not looks as if it did not exist. Thread-safe.
final class Ownership {

  private final Binding binding;
  private final PromptWarmer warmer;

  Ownership(@Nullable Caller caller, PromptServices prompts) {
    this.binding = caller == null ? Binding.NONE : caller.binding();
    this.warmer = prompts.warmer();
  }

  static Ownership of(ServerRequest request, PromptServices prompts) {
    return new Ownership(caller(request), prompts);
  }

  private static @Nullable Caller caller(ServerRequest request) {
    return request.principal().orElse(null) instanceof Caller caller ? caller : null;
  }

  Binding binding() {
    return binding;
  }

  // --- conversations ---

  boolean owns(String conversation) {
    return !binding.isBound() || binding.owns(warmer.conversation(conversation).tenant());
  }

  /// A conversation as the caller may see it: one of others looks like one that does not exist.
  Conversation shown(Conversation conversation) {
    return binding.owns(conversation.tenant()) ? conversation : warmer.unknown(conversation.id());
  }

  /// The same, by its id.
  Conversation shown(String conversation) {
    return shown(warmer.conversation(conversation));
  }

  /// Refuses a conversation that is not the caller's own, in the same way as one that there is not.
  ///
  /// @throws Refusal if it is not
  void require(String conversation) {
    if (!owns(conversation)) {
      throw AnswerHandlers.unknown("conversation", conversation);
    }
  }

  /// Makes a conversation that nobody has done anything with the caller's own.
  ///
  /// @throws Refusal if it belongs to others, or the caller can have none
  void claim(String conversation) {
    if (!binding.isBound()) {
      return;
    }
    requireTenant();
    if (!binding.owns(warmer.claim(conversation, binding.tenant()).tenant())) {
      throw AnswerHandlers.unknown("conversation", conversation);
    }
  }

  private void requireTenant() {
    if (binding.tenant().isEmpty()) {
      throw new Refusal(
          new Problem(
              HttpStatus.FORBIDDEN,
              "other-tenant",
              "expected a token that is bound to a tenant, got one that is bound to scopes alone and"
                  + " has no conversations. Make one with './stoker token create --tenant NAME'"));
    }
  }

  /// Whose a conversation is to be.
  ///
  /// @param requested null if the request names none
  /// @return null if that is not to change
  /// @throws Refusal if the caller may not say so
  @Nullable String tenant(@Nullable String requested) {
    if (!binding.isBound()) {
      return requested;
    }
    requireTenant();
    if (requested != null && !requested.equals(binding.tenant())) {
      throw new Refusal(
          new Problem(
              HttpStatus.FORBIDDEN,
              "other-tenant",
              "tenant: expected "
                  + binding.tenant()
                  + ", which this token is bound to, or none, got another"));
    }
    return binding.tenant();
  }

  /// SessionCookies on what happens in turns that belong to the caller when they begin.
  PromptChat.Watcher watcher(PromptChat.Watcher target) {
    return binding.isBound() ? new OwnTurns(target) : target;
  }

  /// Confined to whoever tells of a conversation.
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
  /// @throws Refusal if the caller may not ask there
  static String scope(ServerRequest request, String requested) {
    var caller = caller(request);
    var scopes = caller == null ? Binding.NONE.scopes() : caller.binding().scopes();
    if (caller == null || !caller.binding().isBound() || scopes.contains(requested)) {
      return requested;
    }
    if (requested.isEmpty() && scopes.size() == 1) {
      return scopes.getFirst();
    }
    throw new Refusal(
        new Problem(
            HttpStatus.FORBIDDEN,
            "other-scope",
            scopes.isEmpty()
                ? "expected a token that is bound to a scope, got one that is bound to a tenant alone."
                    + " Make one with './stoker token create --scope NAME'"
                : "scope: expected one that this token is bound to, "
                    + String.join(" or ", scopes)
                    + ", got "
                    + (requested.isEmpty() ? "none" : "another")));
  }
}
