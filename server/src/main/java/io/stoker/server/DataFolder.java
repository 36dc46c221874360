package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.state.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data folder of a server, locked for one process at a time. Thread-safe.
public final class DataFolder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
  private static final String SETTING = "stoker.answers.data";
  private static final String LOCK = "stoker.lock";
  private static final int LONGEST_PID = 32;

  private final Path folder;
  private final FileChannel lock;

  private DataFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /// Locks a folder, which is created if it does not exist. The operating system releases the lock
  /// when this process ends, even if it is killed.
  ///
  /// @throws InvalidValueException if another process has locked it, or it is not writable
  static DataFolder lock(Path folder) {
    try {
      PrivateFiles.folder(folder);
      var file = folder.resolve(LOCK);
      PrivateFiles.file(file);
      var lock = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!isTaken(lock)) {
        var holder = read(lock);
        lock.close();
        throw new InvalidValueException(
            SETTING,
            folder.toAbsolutePath()
                + " is in use by another Stoker (process "
                + holder
                + "). Stop that one, or set STOKER_ANSWERS_DATA to another folder");
      }
      write(lock, Long.toString(ProcessHandle.current().pid()));
      return new DataFolder(folder, lock);
    } catch (IOException e) {
      throw new InvalidValueException(
          SETTING, "expected a writable folder, got " + folder.toAbsolutePath() + " (" + e + ")");
    }
  }

  /// The id of the process that has locked a folder; empty if it is not locked.
  ///
  /// @throws IOException if the lock file cannot be read
  public static Optional<String> holder(Path folder) throws IOException {
    var file = folder.resolve(LOCK);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (var lock = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return isTaken(lock) ? Optional.empty() : Optional.of(read(lock));
    }
  }

  /// The SQLite file.
  Path database() {
    return folder.resolve("stoker.db");
  }

  @SuppressWarnings("resource") // closed with the channel
  private static boolean isTaken(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static String read(FileChannel file) throws IOException {
    var text = ByteBuffer.allocate(LONGEST_PID);
    file.read(text, 0);
    return UTF_8.decode(text.flip()).toString();
  }

  private static void write(FileChannel file, String text) throws IOException {
    file.truncate(0);
    file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("The lock on {} was not released: {}", folder, e.toString());
      throw new UncheckedIOException(e);
    }
  }
}
