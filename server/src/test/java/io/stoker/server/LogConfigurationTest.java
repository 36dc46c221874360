package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the program logs, as a command and as a server.
class LogConfigurationTest {

  @ParameterizedTest
  @ValueSource(strings = {"/logback.xml", "/server-log.xml"})
  void warnings_are_logged_but_not_lucenes_advice_on_a_jvm_option(String file)
      throws JoranException {
    var lucene = "org.apache.lucene.internal.vectorization.VectorizationProvider";
    var context = new LoggerContext();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);

    configurator.doConfigure(LogConfigurationTest.class.getResource(file));

    assertThat(context.getLogger(lucene).getEffectiveLevel()).isEqualTo(Level.ERROR);
    assertThat(context.getLogger("io.stoker.answers").isWarnEnabled()).isTrue();
    assertThat(context.getLogger("org.apache.lucene.index").isWarnEnabled()).isTrue();
    context.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/logback.xml", "/server-log.xml"})
  void control_characters_of_users_are_escaped(String file) throws JoranException {
    var context = new LoggerContext();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LogConfigurationTest.class.getResource(file));
    var logger = context.getLogger("io.stoker.x");
    var forged = "a\u001b[2J\n2026 ERROR forged\u202e";
    var thrown =
        new IllegalStateException(forged, new IllegalArgumentException("cause\nforged too"));
    var event = new LoggingEvent("", logger, Level.WARN, "said {}", thrown, new Object[] {forged});
    var appender =
        (ConsoleAppender<ILoggingEvent>)
            context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().next();

    var line = new String(appender.getEncoder().encode(event), UTF_8);

    assertThat(line).contains("said a\\u001b[2J\\n2026 ERROR forged\\u202e");
    assertThat(line.lines()).noneMatch(text -> text.startsWith("2026 ERROR"));
    assertThat(line.lines()).noneMatch(text -> text.startsWith("forged too"));
    assertThat(line).doesNotContain("\u001b[2J", "\u202e");
    context.stop();
  }
}
