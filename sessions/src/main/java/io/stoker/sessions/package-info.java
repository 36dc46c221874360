/// Keeps login sessions warm: copies the most recently active ones from Postgres to Redis, and
/// reads them there.
///
/// Start with [io.stoker.sessions.SessionWarmer], which copies; then read
/// [io.stoker.sessions.SessionCache], which applications use on every request.
///
/// - plans and results: `SessionPlan`, `SessionReport`, `RunState`, `SessionEvents`
/// - the rules: `SessionRules`
/// - reading: `SessionSource`, by `SessionMapping`; `JdbcSessionSource` reads binary COPY
///   (`CopyRow`) and maps rows to JSON (`TokenRowMapper`) or Spring's hash fields
///   (`SpringSessionRowMapper`)
/// - writing: `SessionTarget` for warm runs, and `SessionStore`, which also serves readers; created
///   by `RedisSessions` or `InMemorySessions`
/// - why revoked sessions stay revoked: `Fence`, `TokenJson`, `RedisSessionStore`
/// - how the cache learns what has changed in Postgres: `SessionFollower`, which reads a
///   `ReplicationStream` of `PgOutput` messages and carries them out (`FollowRun`) by
///   `SessionFollowRules`; `FollowSetup` knows what Postgres needs for it, `FollowLog` is what
///   nodes share
/// - coordination of nodes: `WarmLock`, `RenewedLease`; counts of look-ups: `SessionStats`
@NullMarked
package io.stoker.sessions;

import org.jspecify.annotations.NullMarked;
