package io.stoker.server.http;

import io.stoker.server.access.Caller;
import io.stoker.server.sessions.SessionRuns.StartResult;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.sessions.WarmRun.Trigger;
import io.stoker.server.settings.PlanOverrides;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.SessionWire;
import io.stoker.server.wire.SessionWire.Revocation;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers for warming and revoking sessions. Thread-safe.
public final class SessionHandlers {

  private static final Logger LOG = LoggerFactory.getLogger(SessionHandlers.class);
  private static final long MAX_RUNS = 50;
  private static final Duration HOUR = Duration.ofHours(1);

  private final Supplier<SessionServices> sessions;

  public SessionHandlers(Supplier<SessionServices> sessions) {
    this.sessions = sessions;
  }

  ServerResponse warm(ServerRequest request) throws IOException {
    var configured = sessions.get();
    var wish = JsonBody.read(request, PlanOverrides.class, PlanOverrides.NONE);
    return switch (configured.runs().start(wish.plan(configured.settings()), Trigger.API)) {
      case StartResult.Started(WarmRun run) ->
          JsonBody.response(
              ServerResponse.accepted().location(place(run)), SessionWire.Run.of(run));
      case StartResult.Busy(WarmRun other) ->
          new Problem(
                  HttpStatus.CONFLICT,
                  "run-going-on",
                  "Run " + other.id() + " is going on. Wait for its end, or cancel it",
                  Map.of("run", other.id()))
              .response();
    };
  }

  ServerResponse runs(ServerRequest request) {
    var limit = QueryParameters.of(request, "limit").number("limit");
    if (limit != null && (limit < 1 || limit > MAX_RUNS)) {
      throw new InvalidValueException("limit", "expected 1 to " + MAX_RUNS + ", got " + limit);
    }
    var newest = sessions.get().runs().newest((int) (limit == null ? MAX_RUNS : limit));
    return JsonBody.ok(Map.of("runs", newest.stream().map(SessionWire.Run::of).toList()));
  }

  ServerResponse run(ServerRequest request) {
    return JsonBody.ok(SessionWire.Run.of(find(sessions.get(), request)));
  }

  ServerResponse cancel(ServerRequest request) {
    var configured = sessions.get();
    var run = find(configured, request);
    if (configured.runs().cancel(run.id())) {
      return JsonBody.response(
          ServerResponse.accepted().location(place(run)), SessionWire.Run.of(run));
    }
    return new Problem(
            HttpStatus.CONFLICT,
            "run-over",
            "Run " + run.id() + " is over already, and can no longer be cancelled")
        .response();
  }

  static WarmRun find(SessionServices configured, ServerRequest request) {
    var id = request.pathVariable("id");
    return configured
        .runs()
        .find(id)
        .orElseThrow(() ->
            new ProblemException(
                HttpStatus.NOT_FOUND,
                "unknown-run",
                "There is no run " + id + " among the last ones of this process"));
  }

  ServerResponse estimate(ServerRequest request) {
    var query = QueryParameters.of(request, "count", "window");
    var configured = sessions.get();
    var wish =
        new PlanOverrides(query.number("count"), query.duration("window"), null, null, null, null);
    var plan = wish.plan(configured.settings());
    return JsonBody.ok(SessionWire.Estimate.of(plan, configured.warmer().estimate(plan)));
  }

  ServerResponse stats(ServerRequest request) {
    var requested = QueryParameters.of(request, "window").duration("window");
    var window = requested == null ? HOUR : requested;
    if (!window.isPositive() || window.compareTo(SessionStats.KEPT) > 0) {
      throw new InvalidValueException(
          "window",
          "expected at most "
              + DurationFormat.format(SessionStats.KEPT)
              + ", got "
              + DurationFormat.format(window));
    }
    return JsonBody.ok(SessionWire.Stats.of(window, sessions.get().stats().over(window)));
  }

  ServerResponse follow(ServerRequest request) {
    var configured = sessions.get();
    return JsonBody.ok(
        SessionWire.Follow.of(configured.settings().followMode(), configured.follower()));
  }

  ServerResponse revoke(ServerRequest request) throws IOException {
    var configured = sessions.get();
    var revocation = JsonBody.read(request, Revocation.class, new Revocation(null, null, null));
    if (configured.settings().isSpring()) {
      throw new ProblemException(
          HttpStatus.CONFLICT,
          "spring-sessions",
          "Spring's sessions are revoked through Spring Session: delete them there");
    }
    configured.revoke(how(revocation));
    LOG.info("{} revoked {}", request.principal().orElse(Caller.ANYBODY), description(revocation));
    return ServerResponse.noContent().build();
  }

  private static Consumer<SessionStore> how(Revocation revocation) {
    var token = revocation.token();
    var tokenHash = revocation.tokenHash();
    var userId = revocation.userId();
    if (Stream.of(token, tokenHash, userId).filter(text -> text != null).count() != 1) {
      throw new InvalidValueException(
          "body", "expected exactly one of token, token_hash and user_id");
    }
    if (Stream.of(token, tokenHash, userId).anyMatch(text -> text != null && text.isBlank())) {
      throw new InvalidValueException("body", "expected text, got an empty one");
    }
    if (userId != null) {
      return store -> store.revokeUser(userId);
    }
    var key = token == null ? hash(tokenHash) : SessionKey.ofToken(token);
    return store -> store.revoke(key);
  }

  /// The revoked session or user for the log, without secrets.
  private static String description(Revocation revocation) {
    var userId = revocation.userId();
    if (userId != null) {
      return "all sessions of user " + ChatRequest.shortened(userId);
    }
    var token = revocation.token();
    return "session " + (token == null ? hash(revocation.tokenHash()) : SessionKey.ofToken(token));
  }

  private static SessionKey hash(@Nullable String tokenHash) {
    try {
      return SessionKey.ofTokenHash(String.valueOf(tokenHash));
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("token_hash", String.valueOf(e.getMessage()));
    }
  }

  private static URI place(WarmRun run) {
    return URI.create("/api/sessions/runs/" + run.id());
  }
}
