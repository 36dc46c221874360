package io.stoker.examples.demo;

import io.stoker.Time;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.SessionWrite;
import io.stoker.sessions.WriteMode;
import java.time.Duration;
import java.util.List;

/// Signs out one session during a warm run, while Postgres still has it.
record SignOut(SessionCache cache, RedisSessions redis, SessionSource source, Time time) {

  /// Returns whether the session was found before, and never after.
  boolean show(String token, Printout printout) {
    printout.signingOut();
    var store = redis.store();
    var key = SessionKey.ofToken(token);
    var before = cache.find(token);
    printout.found("before", before);
    var read = source.find(key, store.fence()).entries().getFirst();

    cache.revoke(key);
    var revoked = cache.find(token);
    printout.found("once it is revoked", revoked);

    var late = List.of(new SessionWrite(read, Duration.ofMinutes(5)));
    printout.lateWrite(store.putAll(late, WriteMode.REPLACE_OLDER).getFirst());
    var afterLateWrite = cache.find(token);
    printout.found("after the late write", afterLateWrite);

    new SessionWarmer(source, store, redis.lock(), time).warm(replacing());
    var afterAnotherRun = cache.find(token);
    printout.found("after another warm run", afterAnotherRun);
    return before.isPresent()
        && revoked.isEmpty()
        && afterLateWrite.isEmpty()
        && afterAnotherRun.isEmpty();
  }

  private static SessionPlan replacing() {
    return SessionPlan.standard().change().mode(WriteMode.REPLACE_OLDER).plan();
  }
}
