package io.stoker.examples.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWrite;
import io.stoker.sessions.WriteMode;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LookupServerTest {

  private final SessionSeed seed = SessionSeed.of(5).users(20).sessions(40).expired(0.5);
  private final String token = seed.rawToken(first(SessionSeed.Kind.ELIGIBLE));
  private final HttpClient client = HttpClient.newHttpClient();
  private RealRedis redis;
  private Servers servers;
  private SessionCache sessions;
  private LookupServer server;

  @BeforeEach
  void listen() throws IOException {
    redis = RealRedis.start();
    servers = TestServers.with(redis);
    SessionSchema.create(servers.dataSource());
    seed.into(servers.dataSource());
    sessions = Lookup.sessions(servers);
    server = new LookupServer(sessions, servers.dataSource(), 0);
  }

  @AfterEach
  void end() {
    server.close();
    client.close();
    if (redis.isAlive()) {
      sessions.close(); // which takes leave of Redis
    }
    servers.close();
    redis.close();
  }

  @Test
  void a_live_session_is_let_in() throws Exception {
    var reply = get("/me", "Bearer " + token);

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).matches("[0-9a-f-]{36}\n");
  }

  @Test
  void nobody_is_let_in_without_a_live_session() throws Exception {
    var expired = seed.rawToken(first(SessionSeed.Kind.EXPIRED));

    assertThat(get("/me", "Bearer " + expired).statusCode()).isEqualTo(401);
    assertThat(get("/me", "Bearer wrong").statusCode()).isEqualTo(401);
    assertThat(get("/me", "Bearer ").statusCode()).isEqualTo(401);
    assertThat(get("/me", "Basic " + token).statusCode()).isEqualTo(401);
    assertThat(get("/me", "").headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
  }

  @Test
  void a_stored_hash_is_no_token() throws Exception {
    var hash = seed.storedToken(first(SessionSeed.Kind.ELIGIBLE));

    assertThat(get("/me", "Bearer " + hash).statusCode()).isEqualTo(401);
  }

  @Test
  void whoever_signs_out_is_not_let_in_again() throws Exception {
    assertThat(get("/me", "Bearer " + token).statusCode()).isEqualTo(200);

    assertThat(post("/sign-out", "Bearer " + token).statusCode()).isEqualTo(204);

    assertThat(get("/me", "Bearer " + token).statusCode()).isEqualTo(401);
    assertThat(post("/sign-out", "Bearer " + token).statusCode()).isEqualTo(401);
  }

  @Test
  void a_warm_run_that_read_the_session_before_the_sign_out_does_not_bring_it_back()
      throws Exception {
    var time = Time.system();
    var store = new RedisSessions(servers.redis(), time).store();
    var source = SessionSource.jdbc(servers.dataSource(), SessionMapping.standard(), time);
    var read = source.find(SessionKey.ofToken(token), store.fence()).entries().getFirst();

    post("/sign-out", "Bearer " + token);
    store.putAll(List.of(new SessionWrite(read, Duration.ofMinutes(5))), WriteMode.REPLACE_OLDER);

    assertThat(get("/me", "Bearer " + token).statusCode()).isEqualTo(401);
  }

  @Test
  void without_redis_everybody_is_still_let_in() throws Exception {
    redis.kill();

    assertThat(get("/me", "Bearer " + token).statusCode()).isEqualTo(200);
  }

  @Test
  void a_sign_out_that_redis_does_not_hear_of_is_to_be_tried_again() throws Exception {
    redis.kill();

    assertThat(post("/sign-out", "Bearer " + token).statusCode()).isEqualTo(503);
  }

  @Test
  void without_redis_and_postgres_the_answer_is_to_try_again() throws Exception {
    redis.kill();
    SessionSchema.drop(servers.dataSource());

    assertThat(get("/me", "Bearer " + token).statusCode()).isEqualTo(503);
  }

  @Test
  void signing_out_takes_a_post() throws Exception {
    assertThat(get("/sign-out", "Bearer " + token).statusCode()).isEqualTo(405);
    assertThat(get("/me", "Bearer " + token).statusCode()).isEqualTo(200);
  }

  private long first(SessionSeed.Kind kind) {
    long i = 0;
    while (seed.kindOf(i) != kind) {
      i++;
    }
    return i;
  }

  private HttpResponse<String> get(String path, String authorization) throws Exception {
    return send(request(path, authorization).GET());
  }

  private HttpResponse<String> post(String path, String authorization) throws Exception {
    return send(request(path, authorization).POST(HttpRequest.BodyPublishers.noBody()));
  }

  private HttpRequest.Builder request(String path, String authorization) {
    return HttpRequest.newBuilder(server.uri().resolve(path))
        .header("Authorization", authorization);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
