package io.stoker.server.telemetry;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.stoker.TextRules;

/// A Logback converter that escapes line breaks and control characters in a message, against log
/// injection. The Logback configuration refers to it by name.
public final class EscapedMessage extends MessageConverter {

  @Override
  public String convert(ILoggingEvent event) {
    return TextRules.escaped(String.valueOf(super.convert(event)));
  }
}
