package io.stoker.sessions;

/// Sessions that Postgres makes up while it is asked, so that there may be megabytes of them.
///
/// Session `i`, from 1, has the raw token `token-i` and is the i-th most recently active.
final class GeneratedSessions {

  private GeneratedSessions() {}

  /// @param sessions how many
  /// @param padding how many bytes each has beside its few short columns
  static SessionMapping of(int sessions, int padding) {
    return SessionMapping.tokens(
        """
        SELECT encode(sha256(convert_to('token-' || i, 'UTF8')), 'hex') AS token_hash,
               'user-' || i AS user_id,
               now() + interval '1 hour' AS expires_at,
               now() - i * interval '1 ms' AS last_activity_at,
               repeat('x', %d) AS padding
          FROM generate_series(1, %d) AS i
        """
            .formatted(padding, sessions));
  }

  static SessionKey key(int i) {
    return SessionKey.ofToken("token-" + i);
  }
}
