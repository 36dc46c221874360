package io.stoker.bench;

import io.stoker.Time;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.AnswerFeed;
import io.stoker.answers.AnswerLog;
import io.stoker.answers.AnswerOutcome;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerSettings;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.Batch;
import io.stoker.answers.BatchOptions;
import io.stoker.answers.QuestionList;
import io.stoker.answers.QuestionListReader;
import io.stoker.answers.Submission;
import io.stoker.testing.RealPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Benchmarks the queue of questions and the cache of answers.
final class AnswersBench {

  private static final int SUBMITTED = 10_000;
  private static final int CYCLES = 200_000;
  private static final int WORKERS = 4;
  private static final int AT_ONCE = 250;
  private static final int VIEWERS = 1000;
  private static final int EVENTS = 1000;
  private static final int ASKED = 10_000;
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final Duration BETWEEN_ASKS = Duration.ofMillis(1);

  private final Time time = Time.system();
  private final int rounds;

  private AnswersBench(int rounds) {
    this.rounds = rounds;
  }

  /// The measurements, one value per round.
  ///
  /// @param queues questions claimed and settled per second, by store
  /// @param peer BullMQ's jobs per second; empty if it cannot run here
  record Results(
      List<Duration> submits,
      List<Queue> queues,
      Optional<List<Double>> peer,
      List<Duration> asks,
      Watched watched) {}

  /// The throughput of one kind of store.
  record Queue(String name, double target, List<Double> perSecond) {}

  /// The delays of events to the viewers, and their cost.
  ///
  /// @param processor the share of one core used, including the settling of the questions
  record Watched(List<Duration> delays, double processor, int missing) {}

  /// Measures, and returns the page.
  static String run(int rounds) throws InterruptedException {
    var machine = Machine.here();
    return new AnswersPage(rounds, machine, new AnswersBench(rounds).measure()).toString();
  }

  private Results measure() throws InterruptedException {
    var folder = folder();
    try (var postgres = RealPostgres.start()) {
      say("Unmeasured pass ...");
      cycles(sqlite(folder, "warm-up"), CYCLES / 4);
      var submits = new ArrayList<Duration>();
      var sqlite = new ArrayList<Double>();
      var shared = new ArrayList<Double>();
      var peer = new ArrayList<Double>();
      for (int round = 1; round <= rounds; round++) {
        submits.add(submit(sqlite(folder, "submit-" + round)));
        sqlite.add(cycles(sqlite(folder, "cycles-" + round), CYCLES));
        var database = postgres.newDatabase();
        shared.add(cycles(AnswerStore.postgres(postgres.dataSource(database), time), CYCLES / 2));
        BullMq.jobsPerSecond(folder).ifPresent(peer::add);
        say("Round %d of %d".formatted(round, rounds));
      }
      var queues =
          List.of(
              new Queue("SQLite, synchronous=FULL", 60_000, sqlite),
              new Queue("Postgres, synchronous_commit=on", 30_000, shared));
      say("Asking ...");
      var asks = ask(sqlite(folder, "ask"));
      say("Watching ...");
      var watched = watch(sqlite(folder, "watch"));
      return new Results(
          submits, queues, peer.isEmpty() ? Optional.empty() : Optional.of(peer), asks, watched);
    }
  }

  private AnswerStore sqlite(Path folder, String name) {
    return AnswerStore.sqlite(folder.resolve(name + ".db"), time);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("stoker-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> questions(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> "What does the handbook say about topic " + i + " of chapter " + i % 97 + "?")
        .toList();
  }

  /// Measures from the questions as a client sends them to a durable batch.
  private Duration submit(AnswerStore store) {
    try (store) {
      var questions = questions(SUBMITTED);
      for (int i = 0; i < 3; i++) {
        submit(store, questions.subList(0, SUBMITTED / 10));
      }
      var start = time.ticks();
      submit(store, questions);
      return time.ticks().minus(start);
    }
  }

  private static Batch submit(AnswerStore store, List<String> questions) {
    var list = QuestionListReader.of(questions, QuestionList.Limits.STANDARD, false);
    return store.queue().submit(new Submission(list.questions(), BatchOptions.STANDARD, null));
  }

  /// Durable cycles of claiming and settling per second, by several threads.
  private double cycles(AnswerStore store, int count) throws InterruptedException {
    try (store) {
      var questions = questions(SUBMITTED);
      for (int i = 0; i < count / SUBMITTED; i++) {
        store.queue().submit(new Submission(questions, BatchOptions.STANDARD, null));
      }
      var start = time.ticks();
      int done = inParallel(WORKERS, () -> work(store)).stream().mapToInt(n -> n).sum();
      var took = time.ticks().minus(start);
      if (done != count) {
        throw new IllegalStateException("claimed " + done + " of " + count + " queries");
      }
      return done / Statistics.seconds(took);
    }
  }

  private static int work(AnswerStore store) {
    int done = 0;
    while (true) {
      var claims = store.claims().claim(AT_ONCE, LEASE, null);
      if (claims.isEmpty()) {
        return done;
      }
      var verdict = new Verdict.End(AnswerOutcome.STORED, "");
      var settled =
          store.claims().settle(claims.stream().map(c -> new Settlement(c, verdict)).toList());
      done += (int) settled.stream().filter(counted -> counted).count();
    }
  }

  /// Latencies of cached answers, one request per millisecond, measured from the scheduled time.
  private List<Duration> ask(AnswerStore store) throws InterruptedException {
    try (store) {
      var cache = new AnswerCache(store, new Echo(), () -> AnswerSettings.STANDARD, time);
      var questions = questions(1000);
      for (var question : questions) {
        cache.ask(question, "");
      }
      ask(cache, questions);
      return ask(cache, questions);
    }
  }

  private List<Duration> ask(AnswerCache cache, List<String> questions)
      throws InterruptedException {
    var latencies = new ArrayList<Duration>(ASKED);
    var due = time.ticks();
    for (int i = 0; i < ASKED; i++) {
      time.pause(due.minus(time.ticks()));
      if (!cache.ask(questions.get(i % questions.size()), "").cached()) {
        throw new IllegalStateException("an answer was not cached");
      }
      latencies.add(time.ticks().minus(due));
      due = due.plus(BETWEEN_ASKS);
    }
    return latencies;
  }

  /// A pipeline with answers of typical length.
  private record Echo() implements AnswerPipeline {

    @Override
    public Answer answer(String question, String scope) {
      var source = new Answer.Source("handbook", 1, "Handbook", "words ".repeat(50), 1.0);
      return new Answer(question + " answer".repeat(100), List.of(source), 90, "echo", "");
    }

    @Override
    public String version() {
      return "1";
    }
  }

  /// Many viewers of one batch, each on a virtual thread, fed by one reader of the log.
  private Watched watch(AnswerStore store) throws InterruptedException {
    try (store;
        var feed = new AnswerFeed(store.log());
        var viewers = Executors.newVirtualThreadPerTaskExecutor()) {
      submit(store, questions(EVENTS));
      long before = store.log().newest();
      long last = before + EVENTS;
      var settledAt = new Duration[EVENTS + 10];
      var seen = new ArrayList<Future<List<Duration>>>();
      long processor = ChildReport.processorTime();
      var start = time.ticks();
      for (int i = 0; i < VIEWERS; i++) {
        seen.add(viewers.submit(() -> view(feed, before, last)));
      }
      var pace = Duration.ofSeconds(10).dividedBy(EVENTS);
      var due = time.ticks();
      for (int i = 0; i < EVENTS; i++) {
        time.pause(due.minus(time.ticks()));
        due = due.plus(pace);
        var claim = store.claims().claim(1, LEASE, null).getFirst();
        var verdict = new Verdict.End(AnswerOutcome.STORED, "");
        store.claims().settle(List.of(new Settlement(claim, verdict)));
        settledAt[i] = time.ticks();
      }
      var delays = new ArrayList<Duration>();
      int missing = 0;
      for (var viewer : seen) {
        var times = get(viewer);
        missing += Math.max(0, EVENTS - times.size());
        for (int i = 0; i < Math.min(EVENTS, times.size()); i++) {
          delays.add(times.get(i).minus(settledAt[i]));
        }
      }
      double share =
          (ChildReport.processorTime() - processor) / (double) time.ticks().minus(start).toNanos();
      return new Watched(delays, share, missing);
    }
  }

  /// When one viewer received the event of each question.
  private List<Duration> view(AnswerFeed feed, long before, long last) throws InterruptedException {
    var times = new ArrayList<Duration>();
    long seen = before;
    while (seen < last) {
      var events = feed.after(seen, Duration.ofSeconds(20));
      if (events.isEmpty()) {
        return times;
      }
      var now = time.ticks();
      for (var event : events) {
        seen = event.id();
        if (event.kind() == AnswerLog.Event.Kind.QUESTION) {
          times.add(now);
        }
      }
    }
    return times;
  }

  private static <T> List<T> inParallel(int count, Callable<T> task) throws InterruptedException {
    try (var threads = Executors.newFixedThreadPool(count)) {
      var results = new ArrayList<T>();
      for (var future : threads.invokeAll(IntStream.range(0, count).mapToObj(_ -> task).toList())) {
        results.add(get(future));
      }
      return results;
    }
  }

  private static <T> T get(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(String.valueOf(e.getCause()), e);
    }
  }

  private static void say(String line) {
    System.err.println(line);
  }
}
