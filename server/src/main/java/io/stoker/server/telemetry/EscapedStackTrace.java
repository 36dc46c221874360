package io.stoker.server.telemetry;

import ch.qos.logback.classic.spi.IThrowableProxy;
import io.stoker.TextRules;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;

/// A Logback converter that escapes line breaks and control characters in the messages of a stack
/// trace, against log injection. The Logback configuration refers to it by name.
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
