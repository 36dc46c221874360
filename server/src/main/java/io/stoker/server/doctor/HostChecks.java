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

/// What can be said without asking anybody: the JVM, and how Stoker is set. Confined to one thread.
final class HostChecks {

  private static final String ACCESS = "access";
  private static final int NEEDED = 25;
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

  /// The settings, where those that make no sense are as if they were not set.
  Settings settings() {
    return settings;
  }

  List<CheckResult> findings() {
    var findings = new ArrayList<CheckResult>();
    findings.add(java(Runtime.version(), System.getProperty("java.vendor", "an unknown vendor")));
    if (problems.isEmpty()) {
      findings.add(CheckResult.ok("settings", "all of them can be read"));
    }
    for (var problem : problems) {
      findings.add(
          CheckResult.fail(
              "settings",
              String.valueOf(problem.getMessage()),
              "Correct it in the environment or in stoker.yaml"));
    }
    try {
      findings.add(access());
    } catch (InvalidValueException e) {
      findings.add(CheckResult.fail(ACCESS, String.valueOf(e.getMessage()), "Set it right first"));
    }
    var strays = strays(configuration.variables());
    if (!strays.isEmpty()) {
      findings.add(
          CheckResult.warn(
              "settings",
              strays.size() == 1
                  ? strays.getFirst() + " sets nothing"
                  : String.join(", ", strays) + " set nothing",
              "Look how it is spelled, or unset it"));
    }
    return findings;
  }

  private CheckResult access() {
    var file = settings.tokensFile();
    if (file == null && settings.token() == null) {
      return CheckResult.ok(ACCESS, "tokens are asked for if there are some in the state database");
    }
    return access(settings, file == null || new Tokens(settings.token(), file).areRequired());
  }

  /// Who may call a server that is set like this, and whom it believes.
  static CheckResult access(Settings settings, boolean tokensAreAskedFor) {
    var proxies = settings.proxies();
    if (!tokensAreAskedFor) {
      var open =
          "no tokens: every program on this machine is an operator, and what a proxy passes on";
      return proxies.isEmpty()
          ? CheckResult.ok(ACCESS, open + " is refused where it shows")
          : CheckResult.warn(
              ACCESS,
              open + " is refused, though stoker.proxies names some",
              "Make a token: ./stoker token create --role operator --name NAME");
    }
    return CheckResult.ok(
        ACCESS,
        proxies.isEmpty()
            ? "tokens are asked for; no proxy is believed (stoker.proxies)"
            : "tokens are asked for; stoker.proxies may say who calls");
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
    return version.feature() >= NEEDED
        ? CheckResult.ok("java", detail)
        : CheckResult.fail("java", detail, "Install a JDK " + NEEDED + " or newer");
  }

  /// Variables that look as if they were Stoker's, and are not.
  static List<String> strays(Map<String, String> variables) {
    var known = names("stoker", Settings.Keys.class).toList();
    return variables.keySet().stream()
        .filter(name -> name.startsWith("STOKER_"))
        .filter(name -> known.stream().noneMatch(form -> hasForm(flat(name), form)))
        .sorted()
        .toList();
  }

  /// Whether a name is a form, of which `*` stands for any key and `#` at the end for a number.
  private static boolean hasForm(String name, String form) {
    int key = form.indexOf('*');
    if (key >= 0) {
      return name.length() >= form.length()
          && name.startsWith(form.substring(0, key))
          && name.endsWith(form.substring(key + 1));
    }
    int number = form.indexOf('#');
    return number < 0
        ? name.equals(form)
        : name.startsWith(form.substring(0, number))
            && name.chars().skip(number).allMatch(Character::isDigit);
  }

  /// The forms of the flat names of the settings in a record.
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
