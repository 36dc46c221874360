package io.stoker.server.telemetry;

import ch.qos.logback.classic.spi.IThrowableProxy;
import io.stoker.TextRules;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;

/// The stack trace behind a log line, in which messages stay on their lines whatever users have put
/// into them. Named by the files that configure the log.
public final class EscapedStackTrace extends ExtendedWhitespaceThrowableProxyConverter {

  @Override
  protected String throwableProxyToString(IThrowableProxy thrown) {
    var trace = super.throwableProxyToString(thrown);
    for (var cause = thrown; cause != null; cause = cause.getCause()) {
      var message = cause.getMessage();
      if (message != null && !message.isEmpty()) {
        trace = trace.replace(message, TextRules.escaped(message));
      }
    }
    return TextRules.escapedLines(trace);
  }
}
