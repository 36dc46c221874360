package io.stoker.sessions;

import java.time.Instant;

/// A login session as the reader gets it.
///
/// @param key what it was looked up by
/// @param userId whose session it is, as text
/// @param expiresAt when the session itself ends, which is not before its cache entry does
/// @param json the whole entry, a JSON object with a member for each column of the source
public record Session(SessionKey key, String userId, Instant expiresAt, String json) {}
