package io.stoker.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// A way to copy all sessions from Postgres to Redis.
interface Contender {

  /// The name in the results.
  String name();

  /// What this machine lacks to run it, and what to do about it; empty if nothing.
  default Optional<String> absent() {
    return Optional.empty();
  }

  /// Copies everything into a Redis without sessions.
  ///
  /// @param watcher called when the copying begins and ends
  /// @throws IllegalStateException if it fails
  Pass copy(BenchServers servers, Watcher watcher) throws InterruptedException;

  /// Called when the copying begins and ends, without the start of a JVM.
  interface Watcher {

    Watcher NONE = new Watcher() {};

    default void begun() {}

    default void ended() {}
  }

  /// One run of a contender.
  ///
  /// @param took the duration of the copying alone
  /// @param start the duration of the JVM's start before it; empty if there is none
  /// @param processor the processor time of the contender's processes, without the servers'
  /// @param peak the peak memory of its process, in bytes; empty if unknown
  /// @param bytes the total size of the values written; empty if unknown
  record Pass(
      Duration took,
      Optional<Duration> start,
      Duration processor,
      OptionalLong peak,
      OptionalLong bytes) {

    static Pass of(ChildJvm.Ended child) {
      return new Pass(
          child.report().duration(ChildReport.TOOK),
          Optional.of(child.start()),
          child.report().duration(ChildReport.CPU),
          child.report().number(ChildReport.PEAK),
          child.report().number(ChildReport.BYTES));
    }
  }
}
