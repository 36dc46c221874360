package io.stoker.server.access;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A token as it is kept: all but the token itself.
///
/// @param name what people call it
/// @param role what its bearer may do
/// @param hash its SHA-256 in hexadecimal digits
/// @param createdAt when it was made
/// @param restriction always [TokenRestriction#NONE] unless the role is client
public record StoredToken(
    String name, Role role, String hash, Instant createdAt, TokenRestriction restriction) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int PARTS = 4;
  private static final int RANDOM_BYTES = 32;

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if one cannot be
  public StoredToken {
    require(
        NAME.matcher(name).matches(),
        "expected a name of small letters, digits, '.', '_' and '-', at most 63, got " + name);
    require(HASH.matcher(hash).matches(), "expected a SHA-256 as 64 hexadecimal digits");
    require(
        role == Role.CLIENT || restriction.isNone(),
        "only a token of the role client can be bound to a tenant or a scope");
  }

  /// One that is not bound.
  public StoredToken(String name, Role role, String hash, Instant createdAt) {
    this(name, role, hash, createdAt, TokenRestriction.NONE);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }

  /// A new secret: 32 random bytes behind a word by which it can be found where it should not be.
  public static String newSecret() {
    var bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return "stoker_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// What the line of a file says.
  ///
  /// @throws IllegalArgumentException if it is none of a token
  static StoredToken parse(String line) {
    var parts = List.of(BLANKS.split(line.strip(), -1));
    require(
        parts.size() >= PARTS,
        "expected name, role, SHA-256 and time of creation, got " + parts.size() + " parts");
    var role = Role.of(parts.get(1));
    require(role.isPresent(), "expected the role " + Role.words());
    try {
      return new StoredToken(
          parts.get(0),
          role.orElseThrow(),
          parts.get(2),
          Instant.parse(parts.get(3)),
          TokenRestriction.parse(parts.subList(PARTS, parts.size())));
    } catch (DateTimeParseException _) {
      throw new IllegalArgumentException(
          "expected a time such as 2026-11-21T16:00:00Z behind the hash");
    }
  }

  /// Itself as the line of a file.
  String line() {
    var parts = new ArrayList<>(List.of(name, role.word(), hash, createdAt.toString()));
    parts.addAll(restriction.parts());
    return String.join(" ", parts);
  }

  /// Who shows this token.
  Caller caller() {
    return new Caller(name, role, hash, restriction);
  }
}
