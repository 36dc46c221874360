package io.stoker.server.settings;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.wire.DurationFormat;
import io.stoker.sessions.SessionSettings;
import io.stoker.testing.ReferencePages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.yaml.snakeyaml.Yaml;

/// `docs/reference/settings.md`, from the records that settings are bound to and their comments.
class SettingsReferenceTest {

  private static final String INTRODUCTION =
      """
      # Settings

      Every setting of the server and the command line. They go into a `stoker.yaml` in the working folder or its
      `config` folder, or into environment variables, which take precedence: upper case, with `_` for dots and
      dashes, such as `STOKER_SESSIONS_TTL_CAP` for `stoker.sessions.ttl-cap`. A name that is no setting and a
      value that is invalid are refused at the start. How to use them is in the [how-tos](../README.md); the
      properties of the Spring Boot starter are on [a page of their own](starter.md).
      Logs and tracing use settings of Spring Boot and OpenTelemetry: [operations.md](../operations.md#tracing).

      A duration is `24h`, `5m`, `90s`, `1h30m` or ISO 8601. This page is generated from the code;
      [how](../../CONTRIBUTING.md#the-reference).

      """;

  private static final Pattern PARAMETER =
      Pattern.compile("@param (\\w+) (.*?)(?= @param| @throws|$)");
  private static final Pattern LINK = Pattern.compile("\\[(?:[\\w.]*#)?(\\w+)(?:\\([^)]*\\))?]");

  /// A setting.
  ///
  /// @param standard what it is where nobody has set it
  /// @param meaning of the record's comment
  private record Setting(String key, String type, String standard, String meaning) {}

  @Test
  void the_page_of_settings_has_every_setting_with_its_meaning() {
    var settings = of(Settings.Keys.class, "stoker").toList();

    assertThat(settings)
        .hasSizeGreaterThan(50)
        .allSatisfy(setting -> assertThat(setting.meaning).as(setting.key).isNotBlank());
    ReferencePages.check("settings.md", page(settings));
  }

  private static String page(List<Setting> settings) {
    var parts = new LinkedHashMap<String, StringBuilder>();
    parts.put("General", new StringBuilder());
    for (var setting : settings) {
      var words = setting.key.split("\\.", -1);
      var part = words.length < 3 ? "General" : title(words[1]);
      parts
          .computeIfAbsent(part, _ -> new StringBuilder())
          .append(
              ReferencePages.row(
                  "`" + setting.key + "`", setting.type, setting.standard, setting.meaning));
    }
    parts.put("Address", listening());
    return INTRODUCTION
        + parts.entrySet().stream()
            .map(part ->
                "## %s\n\n%s"
                        .formatted(
                            part.getKey(), ReferencePages.head("key", "type", "default", "meaning"))
                    + part.getValue())
            .collect(joining("\n"));
  }

  private static String title(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /// Spring's own settings, as far as everybody needs them.
  private static StringBuilder listening() {
    Map<String, Map<String, Object>> file =
        new Yaml().load(SettingsReferenceTest.class.getResourceAsStream("/stoker.yaml"));
    var server = file.get("server");
    return new StringBuilder()
        .append(row("server.address", "text", server.get("address"), "the address it listens on"))
        .append(
            row("server.port", "whole number", server.get("port"), "the port; 0 for a free one"));
  }

  private static String row(String key, String type, Object standard, String meaning) {
    return ReferencePages.row("`" + key + "`", type, "`" + standard + "`", meaning);
  }

  private static Stream<Setting> of(Class<?> record, String prefix) {
    var meanings = meanings(record);
    return Arrays.stream(record.getRecordComponents())
        .flatMap(component -> of(component, prefix + "." + dashed(component.getName()), meanings));
  }

  private static Stream<Setting> of(
      RecordComponent component, String key, Map<String, String> meanings) {
    var type = component.getType();
    if (type.isRecord()) {
      return of(type, key);
    }
    if (component.getGenericType() instanceof ParameterizedType map && type == Map.class) {
      return of((Class<?>) map.getActualTypeArguments()[1], key + ".NAME");
    }
    var meaning = meanings.getOrDefault(component.getName(), "");
    return Stream.of(new Setting(key, type(type), standard(component, key), meaning));
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /// What a record's comment says of its components. The keys that all have in common are explained
  /// where they are in use.
  private static Map<String, String> meanings(Class<?> record) {
    var named = record == Settings.Keys.class ? Settings.class : record;
    var comment =
        Pattern.compile(
                "((?:^ *///.*\\n)+)(?:^ *@.*\\n)*^ *(?:public )?record "
                    + named.getSimpleName()
                    + "\\(",
                Pattern.MULTILINE)
            .matcher(source(named));
    var meanings = new HashMap<String, String>();
    if (comment.find()) {
      PARAMETER
          .matcher(comment.group(1).replaceAll("\\s*///\\s*", " ").strip())
          .results()
          .forEach(parameter -> meanings.put(parameter.group(1), plain(parameter.group(2))));
    }
    return meanings;
  }

  private static String source(Class<?> type) {
    var outermost = type;
    while (outermost.getEnclosingClass() != null) {
      outermost = outermost.getEnclosingClass();
    }
    var module = type == SessionSettings.class ? Path.of("..", "sessions") : Path.of("");
    var file = outermost.getName().replace('.', '/') + ".java";
    try {
      return Files.readString(module.resolve("src/main/java").resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// To those who set things, null is what is not set.
  private static String plain(String meaning) {
    return LINK.matcher(meaning.strip()).replaceAll("$1").replaceAll("\\bnull\\b", "unset");
  }

  private static String type(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> "`" + constant.toString().toLowerCase(Locale.ROOT) + "`")
          .collect(joining(", "));
    }
    if (type == Duration.class) {
      return "duration";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "`true` or `false`";
    }
    if (type == double.class || type == Double.class) {
      return "number";
    }
    if (type == List.class) {
      return "list";
    }
    return type == String.class ? "text" : "whole number";
  }

  /// As it is written in the code, or what the library has where nothing is.
  private static String standard(RecordComponent component, String key) {
    var written = written(component);
    if (written != null && written.value().length > 0) {
      var text = String.join(", ", written.value());
      return text.isEmpty() ? "" : "`" + text + "`";
    }
    return ofLibrary().getOrDefault(key, "");
  }

  /// The binder looks at the constructor's parameters.
  private static @Nullable DefaultValue written(RecordComponent component) {
    var record = component.getDeclaringRecord();
    var names = Arrays.stream(record.getRecordComponents()).map(RecordComponent::getName).toList();
    int place = names.indexOf(component.getName());
    return record.getDeclaredConstructors()[0].getParameters()[place].getAnnotation(
        DefaultValue.class);
  }

  private static Map<String, String> ofLibrary() {
    var unset =
        new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("stoker.sessions", SessionSettings.class);
    var plan = unset.plan();
    return Stream.of(
            Map.entry("mapping", unset.mapping()),
            Map.entry("namespace", unset.namespace()),
            Map.entry("limit", plan.limit()),
            Map.entry("window", DurationFormat.format(plan.activeWithin())),
            Map.entry("batch-size", plan.batchSize()),
            Map.entry("deadline", DurationFormat.format(plan.deadline())),
            Map.entry("retry-for", DurationFormat.format(plan.retryFor())),
            Map.entry("ttl-cap", DurationFormat.format(plan.timeToLiveCap())),
            Map.entry("jitter", plan.jitter()),
            Map.entry("warm-at-start", unset.warmAtStart()),
            Map.entry("keep-warm", unset.keepWarm()),
            Map.entry("look-every", DurationFormat.format(unset.lookEvery())),
            Map.entry("readiness-gate", unset.readinessGate()),
            Map.entry("readiness-deadline", DurationFormat.format(unset.readinessDeadline())),
            Map.entry("spring-namespace", unset.springNamespace()),
            Map.entry("spring-indexed", unset.springIndexed()))
        .collect(
            toMap(
                entry -> "stoker.sessions." + entry.getKey(),
                entry -> "`" + entry.getValue() + "`"));
  }
}
