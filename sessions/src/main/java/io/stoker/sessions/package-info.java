/// Keeps login sessions warm: copies the most recently active ones from Postgres to Redis, and
/// reads them there.
///
/// Start at [io.stoker.sessions.SessionWarmer], which copies; then read
/// [io.stoker.sessions.SessionCache], which an application asks on every request.
///
/// - what to do and what was done: `SessionPlan`, `SessionReport`, `RunState`, `SessionEvents`
/// - the rules: `SessionRules`
/// - where sessions come from: `SessionSource`, by `SessionMapping`; `JdbcSessionSource` reads
///   binary COPY (`CopyRow`) and writes JSON (`TokenRowMapper`) or Spring's hash fields
///   (`SpringSessionRowMapper`)
/// - where they go: `SessionTarget` for a warm run, `SessionStore` for readers, too; reached
///   through `RedisSessions` or `InMemorySessions`
/// - why revoked sessions stay revoked: `Fence`, `TokenJson`, `RedisSessionStore`
/// - which node warms: `WarmLock`, `RenewedLease`; what look-ups counted: `SessionStats`
@NullMarked
package io.stoker.sessions;

import org.jspecify.annotations.NullMarked;
