package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.bench.TimerSet;
import java.time.Duration;

/// Stoker's own timers, which are internal to this package except for this benchmark.
public final class StokerTimerSet implements TimerSet {

  private final WarmTimers timers;
  private Subject[] subjects = {};

  /// Starts the timers.
  public StokerTimerSet(Duration tick) {
    timers = new WarmTimers(tick, Time.system(), StokerTimerSet::rang);
    timers.start();
  }

  /// A record that contains its timer.
  private static final class Subject extends WarmTimers.Timer {

    private final int number;

    private Subject(int number) {
      this.number = number;
    }
  }

  private static void rang(WarmTimers.Timer timer, long number) {
    throw new IllegalStateException(
        "timer " + (timer instanceof Subject one ? one.number : number) + " must not fire");
  }

  @Override
  public void prepare(int records) {
    subjects = new Subject[records];
    for (int i = 0; i < records; i++) {
      subjects[i] = new Subject(i);
    }
  }

  @Override
  public void set(int record, Duration after) {
    timers.set(subjects[record], record, after);
  }

  @Override
  public long size() {
    return timers.size();
  }

  @Override
  public void close() {
    timers.close();
  }
}
