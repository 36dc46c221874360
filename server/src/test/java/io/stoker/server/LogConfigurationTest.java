package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
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
}
