package io.stoker.answers;

import io.stoker.testing.ChildProcess;
import io.stoker.testing.RealPostgres;
import java.time.Duration;

/// Starts workers of answers in processes of their own, which ask an
/// [io.stoker.testing.SocketModel]. Eight questions at once, no rest between them.
final class WorkerProcess {

  private WorkerProcess() {}

  /// Starts a worker, and returns before it works. It says [WorkerMain#OPENING],
  /// [WorkerMain#WORKING], and [WorkerMain#IDLE] whenever no batch is left that is not over.
  ///
  /// @param name by which the model knows it
  /// @param store a file for SQLite, or the JDBC URL of a Postgres with user and password
  /// @param model the port to ask at
  /// @param perMinute the rate that all workers share; 0 for none
  /// @param lease after how long without a sign of life another may take what it has in hand
  static ChildProcess start(String name, String store, int model, int perMinute, Duration lease) {
    return ChildProcess.start(
        WorkerMain.class,
        name,
        store,
        Integer.toString(model),
        Integer.toString(perMinute),
        lease.toString());
  }

  /// A database as `start` takes it.
  static String url(RealPostgres postgres, String database) {
    return postgres.jdbcUrl(database) + "?user=postgres&password=postgres";
  }
}
