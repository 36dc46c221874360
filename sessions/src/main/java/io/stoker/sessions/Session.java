package io.stoker.sessions;

import java.time.Instant;

/// A login session, as a look-up returns it.
///
/// @param key the key of the look-up
/// @param userId the user's id, as text
/// @param expiresAt when the session ends, which is never before its cache entry expires
/// @param json the whole entry: a JSON object with a member for each column of the source
public record Session(SessionKey key, String userId, Instant expiresAt, String json) {}
