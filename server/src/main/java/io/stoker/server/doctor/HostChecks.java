package io.stoker.server.doctor;

import io.stoker.server.access.Tokens;
import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.Settings;
import io.stoker.server.settings.StartupChecks;
import io.stoker.server.wire.InvalidValueException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;

/// Checks of the JVM and the settings, which need no connections. Confined to one thread.
final class HostChecks {

  private static final String ACCESS = "access";
  private static final int REQUIRED_JAVA = 25;
  private static final double MEGABYTE = 1 << 20;

  private final Configuration configuration;
  private final List<InvalidValueException> problems = new ArrayList<>();
  private final ConfigurableEnvironment environment;
  private final Settings settings;

  HostChecks(Configuration configuration) {
    this.configuration = configuration;
    this.environment = read();
    this.settings = Settings.of(environment, problems::add);
    try {
      StartupChecks.check(environment, settings);
    } catch (InvalidValueException e) {
      problems.add(e);
    }
  }

  private ConfigurableEnvironment read() {
    try {
      return configuration.read();
    } catch (InvalidValueException e) {
      problems.add(e);
      return configuration.unread();
    }
  }

  ConfigurableEnvironment environment() {
    return environment;
  }

  /// The settings, where an invalid value counts as not set.
  Settings settings() {
    return settings;
  }

  List<CheckResult> results() {
    var results = new ArrayList<CheckResult>();
    results.add(java(Runtime.version(), System.getProperty("java.vendor", "an unknown vendor")));
    if (problems.isEmpty()) {
      results.add(CheckResult.ok("settings", "all are valid"));
    }
    for (var problem : problems) {
      results.add(
          CheckResult.fail(
              "settings",
              String.valueOf(problem.getMessage()),
              "Correct it in the environment or in stoker.yaml"));
    }
    try {
      results.add(access());
    } catch (InvalidValueException e) {
      results.add(
          CheckResult.fail(ACCESS, String.valueOf(e.getMessage()), "Correct this setting first"));
    }
    var unknown = unknownVariables(configuration.variables());
    if (!unknown.isEmpty()) {
      results.add(
          CheckResult.warn(
              "settings",
              unknown.size() == 1
                  ? unknown.getFirst() + " is not a setting"
                  : String.join(", ", unknown) + " are not settings",
              "Check the spelling, or unset it"));
    }
    return results;
  }

  private CheckResult access() {
    var file = settings.tokensFile();
    if (file == null && settings.token() == null) {
      return CheckResult.ok(ACCESS, "tokens are required if the state database has any");
    }
    return access(settings, file == null || new Tokens(settings.token(), file).areRequired());
  }

  /// Whether a server with these settings requires tokens, and whether it trusts proxies.
  static CheckResult access(Settings settings, boolean requiresTokens) {
    var proxies = settings.proxies();
    if (!requiresTokens) {
      var open = "no tokens: every program on this machine is an operator; ";
      return proxies.isEmpty()
          ? CheckResult.ok(ACCESS, open + "requests with forwarding headers are rejected")
          : CheckResult.warn(
              ACCESS,
              open + "requests of the proxies in stoker.proxies are rejected",
              "Create a token: ./stoker token create --role operator --name NAME");
    }
    return CheckResult.ok(
        ACCESS,
        proxies.isEmpty()
            ? "tokens are required; no proxy is trusted (stoker.proxies)"
            : "tokens are required; the proxies in stoker.proxies are trusted");
  }

  static CheckResult java(Runtime.Version version, String vendor) {
    var memory = Runtime.getRuntime().maxMemory() / MEGABYTE;
    var detail =
        String.format(
            Locale.ROOT,
            "%s by %s, %d processors, %.0f MB for the heap",
            version,
            vendor,
            Runtime.getRuntime().availableProcessors(),
            memory);
    return version.feature() >= REQUIRED_JAVA
        ? CheckResult.ok("java", detail)
        : CheckResult.fail("java", detail, "Install a JDK " + REQUIRED_JAVA + " or newer");
  }

  /// Variables that start with `STOKER_` and match no setting.
  static List<String> unknownVariables(Map<String, String> variables) {
    var known = names("stoker", Settings.Keys.class).toList();
    return variables.keySet().stream()
        .filter(name -> name.startsWith("STOKER_"))
        .filter(name -> known.stream().noneMatch(pattern -> matches(flat(name), pattern)))
        .sorted()
        .toList();
  }

  /// In a pattern, `*` stands for any map key and `#` at the end for a list index.
  private static boolean matches(String name, String pattern) {
    int key = pattern.indexOf('*');
    if (key >= 0) {
      return name.length() >= pattern.length()
          && name.startsWith(pattern.substring(0, key))
          && name.endsWith(pattern.substring(key + 1));
    }
    int number = pattern.indexOf('#');
    return number < 0
        ? name.equals(pattern)
        : name.startsWith(pattern.substring(0, number))
            && name.chars().skip(number).allMatch(Character::isDigit);
  }

  /// Patterns of the settings in a record: their names in lower case without separators.
  private static Stream<String> names(String prefix, Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .flatMap(component -> names(prefix + flat(component.getName()), component));
  }

  private static Stream<String> names(String name, RecordComponent component) {
    var type = component.getType();
    if (type.isRecord()) {
      return names(name, type);
    }
    if (type == List.class) {
      return Stream.of(name + "#");
    }
    return component.getGenericType() instanceof ParameterizedType map
            && map.getActualTypeArguments().length == 2
            && map.getActualTypeArguments()[1] instanceof Class<?> value
            && value.isRecord()
        ? names(name + "*", value)
        : Stream.of(name);
  }

  private static String flat(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }
}
