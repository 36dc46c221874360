package io.stoker.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// A way to copy all sessions from Postgres to Redis.
interface Contender {

  /// What it is called in the results.
  String name();

  /// What is missing on this machine to run it, and what to do about it; empty if nothing is.
  default Optional<String> absent() {
    return Optional.empty();
  }

  /// Copies everything into a Redis without sessions.
  ///
  /// @param watcher is called when the copying begins and when it has ended
  /// @throws IllegalStateException if it fails
  Pass copy(BenchServers servers, Watcher watcher) throws InterruptedException;

  /// Is called when a copy begins and ends; the start of a JVM is not part of it.
  interface Watcher {

    Watcher NONE = new Watcher() {};

    default void begun() {}

    default void ended() {}
  }

  /// One run of a contender.
  ///
  /// @param took the copying alone
  /// @param start of the JVM before it; empty if there is none
  /// @param processor time of the contender's own processes, without the servers'
  /// @param peak memory of its process in bytes; empty if unknown
  /// @param bytes of all values written; empty if unknown
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
