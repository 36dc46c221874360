package io.stoker.server.access;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A token as it is stored: by its hash, without the secret.
///
/// @param hash the SHA-256 of the secret in hexadecimal digits
/// @param restriction always [TokenRestriction#NONE] unless the role is client
public record StoredToken(
    String name, Role role, String hash, Instant createdAt, TokenRestriction restriction) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final int PARTS = 4;
  private static final int RANDOM_BYTES = 32;

  /// @throws IllegalArgumentException if a part is invalid
  public StoredToken {
    require(
        NAME.matcher(name).matches(),
        "expected a name of at most 63 lower-case letters, digits, '.', '_' and '-', got " + name);
    require(HASH.matcher(hash).matches(), "expected a SHA-256 as 64 hexadecimal digits");
    require(
        role == Role.CLIENT || restriction.isNone(),
        "only a token of the role client can be bound to a tenant or a scope");
  }

  /// A token without a restriction.
  public StoredToken(String name, Role role, String hash, Instant createdAt) {
    this(name, role, hash, createdAt, TokenRestriction.NONE);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }

  /// A new secret: 32 random bytes after a prefix by which scanners find leaked tokens.
  public static String newSecret() {
    var bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return "stoker_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// Parses a line of a token file.
  ///
  /// @throws IllegalArgumentException if it is malformed
  static StoredToken parse(String line) {
    var parts = List.of(BLANKS.split(line.strip(), -1));
    require(
        parts.size() >= PARTS,
        "expected name, role, SHA-256 and time of creation, got " + parts.size() + " parts");
    var role = Role.of(parts.get(1));
    require(role.isPresent(), "expected the role " + Role.labels());
    try {
      return new StoredToken(
          parts.get(0),
          role.orElseThrow(),
          parts.get(2),
          Instant.parse(parts.get(3)),
          TokenRestriction.parse(parts.subList(PARTS, parts.size())));
    } catch (DateTimeParseException _) {
      throw new IllegalArgumentException(
          "expected a time such as 2026-11-21T16:00:00Z after the hash");
    }
  }

  /// The token as a line of a token file.
  String line() {
    var parts = new ArrayList<>(List.of(name, role.label(), hash, createdAt.toString()));
    parts.addAll(restriction.parts());
    return String.join(" ", parts);
  }

  Caller caller() {
    return new Caller(name, role, hash, restriction);
  }
}
