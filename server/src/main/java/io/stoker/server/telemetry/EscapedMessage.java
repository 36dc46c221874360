package io.stoker.server.telemetry;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.stoker.TextRules;

/// The message of a log line, on one line whatever users have put into it. Named by the files that
/// configure the log.
public final class EscapedMessage extends MessageConverter {

  @Override
  public String convert(ILoggingEvent event) {
    return TextRules.escaped(String.valueOf(super.convert(event)));
  }
}
