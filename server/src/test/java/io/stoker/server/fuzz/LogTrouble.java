package io.stoker.server.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/// What the log says that should have been nothing to tell: errors, and whatever has a stack trace.
/// Thread-safe.
final class LogTrouble extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

  LogTrouble() {
    start();
    root.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    var trace = event.getThrowableProxy();
    if (event.getLevel().isGreaterOrEqual(Level.ERROR) || trace != null) {
      lines.add(
          event.getLevel()
              + " "
              + event.getLoggerName()
              + ": "
              + event.getFormattedMessage()
              + (trace == null ? "" : " // " + trace.getClassName() + ": " + trace.getMessage()));
    }
  }

  /// What has been said since this was last asked.
  List<String> take() {
    var taken = new ArrayList<String>();
    for (var line = lines.poll(); line != null; line = lines.poll()) {
      taken.add(line);
    }
    return taken;
  }

  @Override
  public void close() {
    root.detachAppender(this);
    stop();
  }
}
