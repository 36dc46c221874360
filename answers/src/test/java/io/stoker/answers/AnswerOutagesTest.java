package io.stoker.answers;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.state.jdbc.JdbcStateDatabase;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SocketModel;
import io.stoker.testing.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import redis.clients.jedis.RedisClient;

/// Outages of everything that answers depend on.
@Timeout(120)
final class AnswerOutagesTest {

  private static final Duration PATIENCE = ofSeconds(60);

  @AutoClose private final SocketModel model = SocketModel.start();
  @TempDir private Path folder;

  /// A worker on a store, both closed with it.
  private record Node(AnswerStore store, WakeSignal signal, AnswerWorker worker)
      implements AutoCloseable {

    static Node start(AnswerStore store, WakeSignal signal, int model, Time time) {
      var standard = AnswerSettings.STANDARD;
      var settings =
          new AnswerSettings(
              4,
              Duration.ZERO,
              null,
              ofSeconds(2),
              standard.retries(),
              standard.timeToLive(),
              standard.maxEntries(),
              standard.minimumConfidence(),
              0);
      var pipeline = new SocketPipeline("node", model, ofSeconds(10));
      var cache = new AnswerCache(store, pipeline, () -> settings, time);
      var node =
          new Node(store, signal, new AnswerWorker(store, cache, signal, () -> settings, time));
      node.worker.start();
      return node;
    }

    Batch submit(Submission submission) {
      var batch = store.queue().submit(submission);
      signal.wake();
      return batch;
    }

    boolean isOver(Batch batch) {
      return store.queue().batch(batch.id()).orElseThrow().state().isOver();
    }

    void awaitOver(Batch batch) {
      soon().ignoreExceptionsInstanceOf(StokerException.class).until(() -> isOver(batch));
    }

    @Override
    public void close() {
      worker.close();
      signal.close();
      store.close();
    }
  }

  private Node start(AnswerStore store) {
    return Node.start(store, WakeSignal.inProcess(), model.port(), Time.system());
  }

  @Test
  void a_postgres_that_is_killed_and_stopped_and_comes_back_costs_no_question() throws Exception {
    try (var postgres = RealPostgres.start();
        var node = start(AnswerStore.postgres(postgres.dataSource(), Time.system()))) {
      var batch = node.submit(Questions.batch("the killed", 300));

      for (Consumer<RealPostgres> end :
          List.<Consumer<RealPostgres>>of(RealPostgres::kill, RealPostgres::stop)) {
        model.awaitAnswers(model.answers() + 70);
        end.accept(postgres);
        postgres.restart();
      }

      node.awaitOver(batch);
      StoreAudit.assertAllAnswered(node.store);
    }
  }

  @Tag("soak")
  @Test
  void a_connection_cut_at_any_byte_loses_nothing_and_counts_nothing_twice() throws Exception {
    var postgres = RealPostgres.shared();
    var database = postgres.newDatabase();
    var random = new Random(5);
    try (var proxy = TcpProxy.to(postgres.port());
        var node = start(AnswerStore.postgres(behind(proxy, postgres, database), Time.system()));
        var direct = AnswerStore.postgres(postgres.dataSource(database), Time.system())) {
      var batch = node.submit(Questions.batch("the cut", 400));

      for (int cut = 0; cut < 8; cut++) {
        model.awaitAnswers(model.answers() + 15);
        proxy.downAfter(random.nextInt(10_000));
        soon().until(() -> proxy.connectionsOpen() == 0);
        proxy.restore();
      }

      node.awaitOver(batch);
      StoreAudit.assertAllAnswered(direct);
    }
  }

  @Test
  void a_submission_that_is_sent_again_because_the_reply_was_lost_makes_one_batch() {
    var postgres = RealPostgres.shared();
    var database = postgres.newDatabase();
    try (var proxy = TcpProxy.to(postgres.port());
        var store = AnswerStore.postgres(behind(proxy, postgres, database), Time.system());
        var direct = AnswerStore.postgres(postgres.dataSource(database), Time.system())) {
      int lost = 0;
      for (int round = 0; round < 40; round++) {
        var questions = Questions.batch("round " + round, 3).questions();
        var submission = new Submission(questions, BatchOptions.STANDARD, "key " + round);
        proxy.downAfter(10L * round);
        try {
          store.queue().submit(submission);
        } catch (StokerException _) {
          lost++;
        }
        proxy.restore();

        var batch =
            soon()
                .ignoreExceptionsInstanceOf(StokerException.class)
                .until(() -> store.queue().submit(submission), Objects::nonNull);

        assertThat(batch.counts().total()).isEqualTo(3);
        assertThat(direct.queue().batches(null, 100, null).items()).hasSize(round + 1);
      }
      assertThat(lost).as("replies that were lost").isPositive();
    }
  }

  @Test
  void while_redis_is_down_a_submission_is_accepted_and_answered() {
    try (var redis = RealRedis.start();
        var client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        var node = onRedis(client)) {
      node.awaitOver(node.submit(Questions.batch("the days before", 20)));

      redis.kill();
      node.awaitOver(node.submit(Questions.batch("the bad days", 20)));

      redis.restart();
      node.awaitOver(node.submit(Questions.batch("the days after", 20)));
      StoreAudit.assertAllAnswered(node.store);
    }
  }

  @Test
  void when_redis_is_back_other_processes_are_woken_again() throws Exception {
    try (var redis = RealRedis.start();
        var one = RedisClient.create("redis://127.0.0.1:" + redis.port());
        var other = RedisClient.create("redis://127.0.0.1:" + redis.port());
        var teller = WakeSignal.redis(one, "stoker:", Time.system());
        var listener = WakeSignal.redis(other, "stoker:", Time.system())) {
      awaitListening(redis);
      redis.kill();
      teller.wake();
      redis.restart();
      awaitListening(redis);
      listener.await(Duration.ZERO); // what came of the new start

      var asked = Time.system().ticks();
      teller.wake();
      listener.await(PATIENCE);

      assertThat(Time.system().ticks().minus(asked)).isLessThan(PATIENCE.dividedBy(2));
    }
  }

  @Test
  void a_model_that_is_down_for_hours_fails_no_question() {
    assertThatAnOutageFailsNoQuery(TcpProxy::cut);
  }

  @Test
  void a_model_that_breaks_off_in_the_middle_of_its_answers_for_hours_fails_no_question() {
    assertThatAnOutageFailsNoQuery(proxy -> proxy.cutAfter(5));
  }

  private void assertThatAnOutageFailsNoQuery(Consumer<TcpProxy> fault) {
    var time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
    try (var proxy = TcpProxy.to(model.port());
        var node =
            Node.start(
                AnswerStore.sqlite(folder.resolve("answers.db"), time),
                WakeSignal.inProcess(),
                proxy.port(),
                time)) {
      node.awaitOver(node.submit(Questions.batch("the good days", 10)));
      fault.accept(proxy);
      var batch = node.submit(Questions.batch("the bad days", 50));
      soon().until(() -> advanced(node, time, ofSeconds(5)).waiting() != null);

      for (int i = 0; i < 100; i++) {
        var since = time.now();
        soon()
            .until(
                () -> advanced(node, time, ofMinutes(2)) != null && wasTried(node, batch, since));
      }
      assertThat(node.store.queue().batch(batch.id()).orElseThrow().counts().processed()).isZero();

      proxy.restore();
      soon().until(() -> advanced(node, time, ofMinutes(2)) != null && node.isOver(batch));
      StoreAudit.assertAllAnswered(node.store);
    }
  }

  private static boolean wasTried(Node node, Batch batch, Instant since) {
    return node.store.queue().questions(batch.id(), null, 50, null).items().stream()
        .anyMatch(question -> question.startedAt() != null && question.startedAt().isAfter(since));
  }

  private static ConditionFactory soon() {
    return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(ofMillis(5));
  }

  /// Advances the clock, unless running claims would expire.
  private static AnswerWorker.Status advanced(Node node, ManualTime time, Duration length) {
    if (node.worker.status().inFlight() == 0) {
      time.advance(length);
    }
    node.signal.wake();
    return node.worker.status();
  }

  @Test
  void a_full_disk_stops_the_worker_until_there_is_space_again() {
    var store =
        JdbcAnswerStore.alone(
            JdbcStateDatabase.sqlite(folder.resolve("answers.db")), null, Time.system());
    try (var node = start(store)) {
      node.awaitOver(node.submit(Questions.batch("the first", 5)));
      var batch = store.queue().submit(Questions.batch("the full disk", 300));
      limitPages(store, 1); // which means: not one page more

      node.signal.wake();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> store.claims().claim(300, ofSeconds(2), null))
            .isInstanceOf(StokerException.class)
            .hasMessageContaining("The disk is full");
      }
      limitPages(store, 1_000_000);

      node.awaitOver(batch);
      StoreAudit.assertAllAnswered(store);
    }
  }

  private static void limitPages(JdbcAnswerStore store, int most) {
    store
        .database()
        .write(
            "limit the pages", connection -> connection.number("PRAGMA max_page_count = " + most));
  }

  private Node onRedis(RedisClient client) {
    return Node.start(
        AnswerStore.sqlite(folder.resolve("answers.db"), Time.system()),
        WakeSignal.redis(client, "stoker:", Time.system()),
        model.port(),
        Time.system());
  }

  private static void awaitListening(RealRedis redis) {
    soon()
        .until(() -> {
          try (var jedis = redis.jedis()) {
            return jedis.pubsubNumSub("stoker:answers:wake").containsValue(2L);
          }
        });
  }

  private static DataSource behind(TcpProxy proxy, RealPostgres postgres, String database) {
    var dataSource = (PGSimpleDataSource) postgres.dataSource(database);
    dataSource.setPortNumbers(new int[] {proxy.port()});
    return dataSource;
  }
}
