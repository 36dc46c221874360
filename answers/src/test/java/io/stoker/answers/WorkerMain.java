package io.stoker.answers;

import io.stoker.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/// The main class of a [WorkerProcess].
final class WorkerMain {

  static final String OPENING = "opening";
  static final String WORKING = "working";
  static final String IDLE = "idle";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private WorkerMain() {}

  /// Runs until standard input ends.
  ///
  /// @param arguments name, store, the model's port, the rate per minute or 0, the lease
  public static void main(String[] arguments) throws IOException {
    var time = Time.system();
    var settings = settings(Integer.parseInt(arguments[3]), Duration.parse(arguments[4]));
    var pipeline = new SocketPipeline(arguments[0], Integer.parseInt(arguments[2]), PATIENCE);
    System.out.println(OPENING);
    try (var store = open(arguments[1], time);
        var signal = WakeSignal.inProcess();
        var worker =
            new AnswerWorker(
                store,
                new AnswerCache(store, pipeline, () -> settings, time),
                signal,
                () -> settings,
                time);
        var feed = new AnswerFeed(store.log())) {
      Thread.ofVirtual().name("tells").start(() -> tell(store, feed));
      worker.start();
      System.out.println(WORKING);
      var _ = System.in.readAllBytes(); // until the other side closes it, or is gone
    }
  }

  private static AnswerStore open(String store, Time time) {
    if (!store.startsWith("jdbc:")) {
      return AnswerStore.sqlite(Path.of(store), time);
    }
    var dataSource = new PGSimpleDataSource();
    dataSource.setURL(store);
    return AnswerStore.postgres(dataSource, time);
  }

  private static AnswerSettings settings(int perMinute, Duration lease) {
    var standard = AnswerSettings.STANDARD;
    return new AnswerSettings(
        8,
        Duration.ZERO,
        perMinute == 0 ? null : perMinute,
        lease,
        List.of(Duration.ZERO, Duration.ZERO, Duration.ZERO),
        standard.timeToLive(),
        standard.maxEntries(),
        standard.minimumConfidence(),
        0);
  }

  /// Prints a line whenever all batches have ended.
  private static void tell(AnswerStore store, AnswerFeed feed) {
    try {
      long seen = store.log().newest();
      while (!feed.isClosed()) {
        if (isIdle(store)) {
          System.out.println(IDLE);
        }
        var news = feed.after(seen, Duration.ofSeconds(1));
        seen = news.isEmpty() ? seen : news.getLast().id();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isIdle(AnswerStore store) {
    return store.queue().batches(BatchState.PENDING, 1, null).items().isEmpty()
        && store.queue().batches(BatchState.RUNNING, 1, null).items().isEmpty();
  }
}
