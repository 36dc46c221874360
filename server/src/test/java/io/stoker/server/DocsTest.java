package io.stoker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whether what pages name is there.
class DocsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path REFERENCE = ROOT.resolve("docs").resolve("reference");
  private static final Set<String> NO_PAGES = Set.of("target", ".git", "node_modules", "data");

  private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern CODE = Pattern.compile("`[^`\\n]+`");
  private static final Pattern LINK =
      Pattern.compile("(?<!\\\\)]\\(([^)\\s]+)\\)|(?:src|href)=\"([^\"]+)\"");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
  private static final Pattern KEY = Pattern.compile("(?m)^\\| `([^`]+)`");
  private static final Pattern METER = Pattern.compile("(?m)^\\| `[^`]+` \\| `(\\w+)` \\| (\\w+)");

  /// Of a setting, at least its second word has to be one, so that `stoker.yaml` is none.
  private static final Pattern SETTING =
      Pattern.compile(
          "(?<!io\\.)\\bstoker\\.(?:sessions|answers|prompts|token)\\b(?:\\.[a-z][a-zA-Z-]*)*");

  private static final Pattern VARIABLE = Pattern.compile("\\bSTOKER_[A-Z][A-Z_]*[A-Z]\\b");
  private static final Pattern METRIC =
      Pattern.compile("\\bstoker_(?:sessions|answers|prompts)_\\w+");

  /// What is a schema's, a table's or a script's.
  private static final Set<String> NO_METRICS =
      Set.of("stoker_answers_history", "stoker_prompts_history");

  private static final Map<Path, String> PAGES = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    try (var files = Files.walk(ROOT)) {
      for (var file : files.filter(DocsTest::isPage).toList()) {
        PAGES.put(file, Files.readString(file));
      }
    }
  }

  private static boolean isPage(Path file) {
    return file.toString().endsWith(".md")
        && Stream.of(ROOT.relativize(file).toString().split("/", -1)).noneMatch(NO_PAGES::contains);
  }

  @Test
  void every_link_leads_somewhere() {
    var links = new ArrayList<String>();
    var broken = new ArrayList<String>();
    PAGES.forEach((page, text) -> {
      for (var link : links(text)) {
        links.add(link);
        if (!leadsSomewhere(page, link)) {
          broken.add(ROOT.relativize(page) + ": " + link);
        }
      }
    });

    assertThat(links).hasSizeGreaterThan(60);
    assertThat(broken).isEmpty();
  }

  @Test
  void every_setting_that_is_named_is_one() throws IOException {
    var named = named(SETTING);

    assertThat(named).hasSizeGreaterThan(50);
    named.keySet().removeAll(settings());
    assertThat(named).isEmpty();
  }

  @Test
  void settings_are_listed_in_the_reference_and_nowhere_else() throws IOException {
    var settings = settings();
    var listed = new TreeMap<String, String>();
    PAGES.forEach((page, text) -> {
      if (!page.startsWith(REFERENCE)) {
        KEY.matcher(text)
            .results()
            .map(key -> key.group(1))
            .filter(settings::contains)
            .forEach(key -> listed.put(key, ROOT.relativize(page).toString()));
      }
    });

    assertThat(listed).isEmpty();
  }

  @Test
  void every_variable_that_is_named_sets_something() throws IOException {
    var known = settings().stream().map(DocsTest::asVariable).collect(Collectors.toSet());
    var named = named(VARIABLE);

    assertThat(named).hasSizeGreaterThan(5);
    named
        .keySet()
        .removeIf(name ->
            known.contains(asVariable(name.replaceAll("_TENANTS_[A-Z]+_", "_TENANTS_NAME_"))));
    assertThat(named).isEmpty();
  }

  @Test
  void every_metric_that_is_named_is_one() throws IOException {
    var named = named(METRIC);

    assertThat(named).hasSizeGreaterThan(20);
    named.keySet().removeAll(metrics());
    assertThat(named).isEmpty();
  }

  @Test
  void what_is_wrong_is_found() {
    var page = ROOT.resolve("README.md");

    assertThat(leadsSomewhere(page, "docs/README.md#look-up")).isTrue();
    assertThat(leadsSomewhere(page, "docs/README.md#no-such-place")).isFalse();
    assertThat(leadsSomewhere(page, "docs/no-such-page.md")).isFalse();
    assertThat(links("```\n[a](b.md)\n```\n`[c](d.md)` [e](f.md)")).containsExactly("f.md");
    assertThat(anchors("# A `b.c` & d\n## Same\n## Same\n")).contains("a-bc--d", "same", "same-1");
  }

  private static List<String> links(String text) {
    var prose = CODE.matcher(FENCE.matcher(text).replaceAll("")).replaceAll("code");
    return LINK.matcher(prose)
        .results()
        .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
        .filter(Predicate.not(link -> link.matches("[a-z]+:.*")))
        .toList();
  }

  private static boolean leadsSomewhere(Path page, String link) {
    var parts = link.split("#", 2);
    var file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return parts.length == 1 || anchors(PAGES.getOrDefault(file, "")).contains(parts[1]);
  }

  /// As GitHub makes them.
  private static Set<String> anchors(String text) {
    var anchors = new HashSet<String>();
    var counts = new HashMap<String, Integer>();
    HEADING
        .matcher(FENCE.matcher(text).replaceAll(""))
        .results()
        .map(heading -> anchor(heading.group(1)))
        .forEach(anchor -> {
          int before = counts.merge(anchor, 1, Integer::sum) - 1;
          anchors.add(before == 0 ? anchor : anchor + "-" + before);
        });
    return anchors;
  }

  private static String anchor(String heading) {
    return heading
        .strip()
        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  /// What all pages name, with the pages.
  private static Map<String, Set<String>> named(Pattern pattern) {
    var named = new TreeMap<String, Set<String>>();
    PAGES.forEach((page, text) ->
        pattern
            .matcher(text)
            .results()
            .map(MatchResult::group)
            .filter(name -> !NO_METRICS.contains(name))
            .forEach(name ->
                named
                    .computeIfAbsent(name, _ -> new HashSet<>())
                    .add(ROOT.relativize(page).toString())));
    return named;
  }

  /// Settings, what they are grouped under, and meters, whose names look the same.
  private static Set<String> settings() throws IOException {
    var names = new HashSet<String>();
    for (var page : List.of("settings.md", "starter.md", "metrics.md")) {
      KEY.matcher(Files.readString(REFERENCE.resolve(page)))
          .results()
          .map(key -> key.group(1))
          .forEach(key -> {
            for (var name = key;
                name.contains(".");
                name = name.substring(0, name.lastIndexOf('.'))) {
              names.add(name);
            }
          });
    }
    return names;
  }

  private static String asVariable(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
  }

  private static Set<String> metrics() throws IOException {
    var names = new HashSet<String>();
    METER
        .matcher(Files.readString(REFERENCE.resolve("metrics.md")))
        .results()
        .forEach(meter -> {
          names.add(meter.group(1));
          if (meter.group(2).equals("timer")) {
            names.addAll(Stream.of("_count", "_sum", "_max").map(meter.group(1)::concat).toList());
          }
        });
    return names;
  }
}
