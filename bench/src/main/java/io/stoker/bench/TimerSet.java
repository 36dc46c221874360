package io.stoker.bench;

import java.time.Duration;

/// Many timers of one kind, each for a record of its own. Set by one thread.
public interface TimerSet extends AutoCloseable {

  /// Makes the records, with no timer set.
  void prepare(int records);

  /// Sets the timer of a record, or sets it anew.
  void set(int record, Duration after);

  /// How many are set, as far as it can say.
  long size();

  /// Sets no more, and ends its threads.
  @Override
  void close();
}
