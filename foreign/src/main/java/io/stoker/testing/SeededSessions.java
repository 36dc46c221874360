package io.stoker.testing;

/// The numbers of users and sessions that a [SessionSeed] has created, by kind.
///
/// @param users all users, with or without a session
/// @param sessions all sessions, which is the sum of the five that follow
/// @param eligible not expired, not idle, of a user neither deleted nor banned
/// @param expired active within 24 h, but expired
/// @param banned of a user who is banned now
/// @param deleted of a user who is deleted
/// @param idle without activity for 24 h to 72 h
public record SeededSessions(
    int users, int sessions, int eligible, int expired, int banned, int deleted, int idle) {}
