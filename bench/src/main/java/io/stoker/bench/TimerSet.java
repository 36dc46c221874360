package io.stoker.bench;

import java.time.Duration;

/// A timer implementation with many timers, one per record. Confined to one thread.
public interface TimerSet extends AutoCloseable {

  /// Creates the records, without timers.
  void prepare(int records);

  /// Sets or resets the timer of a record.
  void set(int record, Duration after);

  /// The approximate number of pending timers.
  long size();

  /// Stops its threads.
  @Override
  void close();
}
