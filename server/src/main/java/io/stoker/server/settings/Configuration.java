package io.stoker.server.settings;

import io.stoker.TextRules;
import io.stoker.server.wire.InvalidValueException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/// The sources of settings for the server and for commands, in order of precedence: overrides,
/// environment variables, `stoker.yaml` in the working folder or its `config` folder, defaults.
///
/// @param variables environment variables
/// @param overrides settings by key, such as those of command line flags
public record Configuration(Map<String, String> variables, Map<String, String> overrides) {

  private static final Map<String, Object> FILE = Map.of("spring.config.name", "stoker");

  public Configuration {
    variables = Map.copyOf(variables);
    overrides = Map.copyOf(overrides);
  }

  /// The configuration of this process.
  public static Configuration ofProcess() {
    return new Configuration(System.getenv(), Map.of());
  }

  /// A copy with one more override.
  public Configuration with(String key, String value) {
    var more = new HashMap<>(overrides);
    more.put(key, value);
    return new Configuration(variables, more);
  }

  /// The settings, read without starting Spring.
  ///
  /// @throws InvalidValueException if one is invalid
  public Settings settings() {
    return Settings.of(read());
  }

  /// An environment of all sources, `stoker.yaml` included.
  ///
  /// @throws InvalidValueException if the file cannot be read
  public ConfigurableEnvironment read() {
    var environment = unread();
    try {
      ConfigDataEnvironmentPostProcessor.applyTo(environment);
    } catch (RuntimeException e) {
      throw new InvalidValueException("stoker.yaml", "cannot be read: " + firstLine(e));
    }
    return environment;
  }

  /// An environment without `stoker.yaml`, which Spring Boot adds itself.
  public ConfigurableEnvironment unread() {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.replace(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
        new SystemEnvironmentPropertySource(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new HashMap<>(variables)));
    sources.addFirst(new MapPropertySource("command line", new HashMap<>(overrides)));
    sources.addLast(new MapPropertySource("defaultProperties", FILE));
    return environment;
  }

  private static String firstLine(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return TextRules.oneLine(root.getMessage());
  }
}
