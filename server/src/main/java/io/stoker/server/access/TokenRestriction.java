package io.stoker.server.access;

import io.stoker.answers.BatchOptions;
import io.stoker.prompts.Conversation;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The tenant and the scopes that a client's token is restricted to: the tenant's conversations and
/// figures, and answers in these scopes. Everything else looks as if it did not exist.
///
/// A token restricted to a tenant only cannot ask questions; one restricted to scopes only has no
/// conversations.
///
/// @param tenant empty for none
/// @param scopes none of them empty
public record TokenRestriction(String tenant, List<String> scopes) {

  /// No restriction.
  public static final TokenRestriction NONE = new TokenRestriction("", List.of());

  private static final String TENANT = "tenant=";
  private static final String SCOPE = "scope=";

  /// @throws IllegalArgumentException if a name is invalid
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
              + " characters without control characters, and without blanks at either end");
    }
  }

  private static boolean isScope(String scope) {
    return !scope.isEmpty()
        && scope.equals(scope.strip())
        && scope.length() <= BatchOptions.MAX_LENGTH
        && scope.chars().noneMatch(Character::isISOControl);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /// Whether the token may use conversations of this tenant.
  ///
  /// @param other empty for conversations without a tenant
  public boolean owns(String other) {
    return isNone() || (!tenant.isEmpty() && tenant.equals(other));
  }

  /// Parses the last parts of a token's line.
  ///
  /// @throws IllegalArgumentException if they are malformed
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
            "expected tenant=NAME at most once and scope=NAME after the time");
      }
    }
    return new TokenRestriction(tenant, scopes);
  }

  /// The restriction as parts of a token's line.
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
