package io.stoker.server.access;

import io.stoker.answers.BatchOptions;
import io.stoker.prompts.Conversation;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a client's token is bound to: the tenant whose conversations and figures are its own, and
/// the scopes that it may ask for answers in. All else is as if it did not exist.
///
/// A token that is bound to a tenant alone may ask in no scope, and one that is bound to scopes
/// alone has no conversations.
///
/// @param tenant empty for none
/// @param scopes none of them empty
public record TokenRestriction(String tenant, List<String> scopes) {

  /// Of a token that is not bound: everything is its own.
  public static final TokenRestriction NONE = new TokenRestriction("", List.of());

  private static final String TENANT = "tenant=";
  private static final String SCOPE = "scope=";

  /// Checks the names.
  ///
  /// @throws IllegalArgumentException if one cannot be
  public TokenRestriction {
    scopes = scopes.stream().distinct().sorted().toList();
    if (!tenant.isEmpty() && !Conversation.isId(tenant)) {
      throw new IllegalArgumentException(
          "expected a tenant of at most "
              + Conversation.MAX_ID_LENGTH
              + " characters without control characters");
    }
    if (scopes.stream().anyMatch(scope -> !isScope(scope))) {
      throw new IllegalArgumentException(
          "expected scopes of 1 to "
              + BatchOptions.MAX_LENGTH
              + " characters without control characters and blanks at their ends");
    }
  }

  private static boolean isScope(String scope) {
    return !scope.isEmpty()
        && scope.equals(scope.strip())
        && scope.length() <= BatchOptions.MAX_LENGTH
        && scope.chars().noneMatch(Character::isISOControl);
  }

  /// Whether the token is not restricted.
  public boolean isNone() {
    return equals(NONE);
  }

  /// Whether a conversation of this tenant is its own.
  ///
  /// @param other empty for one of nobody in particular
  public boolean owns(String other) {
    return isNone() || (!tenant.isEmpty() && tenant.equals(other));
  }

  /// What parts of a line say.
  ///
  /// @throws IllegalArgumentException if they are none of a binding
  static TokenRestriction parse(List<String> parts) {
    var tenant = "";
    var scopes = new ArrayList<String>();
    for (var part : parts) {
      if (part.startsWith(TENANT) && tenant.isEmpty() && part.length() > TENANT.length()) {
        tenant = decoded(part.substring(TENANT.length()));
      } else if (part.startsWith(SCOPE)) {
        scopes.add(decoded(part.substring(SCOPE.length())));
      } else {
        throw new IllegalArgumentException(
            "expected tenant=NAME at most once and scope=NAME behind the time");
      }
    }
    return new TokenRestriction(tenant, scopes);
  }

  /// Itself as parts of a line.
  List<String> parts() {
    var parts = new ArrayList<String>();
    if (!tenant.isEmpty()) {
      parts.add(TENANT + encoded(tenant));
    }
    scopes.forEach(scope -> parts.add(SCOPE + encoded(scope)));
    return parts;
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part, StandardCharsets.UTF_8);
  }
}
