package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stoker.ManualTime;
import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.InMemorySessionSource;
import io.stoker.sessions.InMemorySessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Checks that the dashboard and the alert rules query existing metrics.
class DashboardTest {

  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern SHOWN = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}");

  /// The labels that Prometheus adds.
  private static final Set<String> ADDED = Set.of("job", "instance");

  /// The metrics of a server and of an application, with their labels and possible values.
  private static final Map<String, Map<String, Set<String>>> METRICS = new TreeMap<>();

  /// A query, and the labels used in its legend.
  private record Use(String query, String texts) {}

  @BeforeAll
  static void scrape() {
    METRICS.put("up", Map.of());
    var world = SessionEnvironment.with(20).variables("STOKER_PROMPTS_DAILYBUDGET", "5.00");
    try (var server = RunningServer.with(world)) {
      await().until(() -> server.get("/api/sessions/runs").json().toString().contains("completed"));
      read(server.get("/actuator/prometheus").response().body());
    }
    read(application());
    // A run has to end in a state before it is shown.
    var states = Stream.of(RunState.values()).map(RunState::label).toList();
    METRICS.get("stoker_sessions_warm_runs_seconds_count").get("state").addAll(states);
  }

  /// The metrics of an application that embeds the session cache.
  private static String application() {
    var time = new ManualTime(Instant.EPOCH);
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var settings = SessionCache.Settings.standard();
    var source = new InMemorySessionSource(time);
    var sessions = new InMemorySessions(time);
    try (var cache = new SessionCache(sessions.store(), source, null, settings, time)) {
      new SessionMetrics(registry).watch(cache);
      return registry.scrape();
    }
  }

  private static void read(String exposition) {
    SAMPLE
        .matcher(exposition)
        .results()
        .forEach(sample -> {
          var labels = METRICS.computeIfAbsent(sample.group(1), _ -> new TreeMap<>());
          if (sample.group(2) != null) {
            LABEL
                .matcher(sample.group(2))
                .results()
                .forEach(label ->
                    labels
                        .computeIfAbsent(label.group(1), _ -> new TreeSet<>())
                        .add(label.group(2)));
          }
        });
  }

  private static List<Use> dashboard() throws IOException {
    var dashboard = JSON.readTree(Files.readString(DEPLOY.resolve("grafana/stoker.json")));
    var uses = new ArrayList<Use>();
    for (var target : dashboard.findParents("expr")) {
      uses.add(new Use(target.path("expr").asString(), target.path("legendFormat").asString()));
    }
    for (var variable : dashboard.path("templating").path("list")) {
      if (variable.path("type").asString().equals("query")) {
        uses.add(new Use(variable.path("query").path("query").asString(), ""));
      }
    }
    return uses;
  }

  private static JsonNode rules() throws IOException {
    var text = Files.readString(DEPLOY.resolve("prometheus/alerts.yaml"));
    JsonNode file = JSON.valueToTree(new Yaml().load(text));
    return file.path("groups").path(0).path("rules");
  }

  private static List<Use> alerts() throws IOException {
    return rules()
        .valueStream()
        .map(rule -> new Use(rule.path("expr").asString(), rule.path("annotations").toString()))
        .toList();
  }

  /// The metrics and labels that are queried but do not exist.
  private static List<String> missing(List<Use> uses) {
    return uses.stream().flatMap(use -> missing(use).stream()).distinct().toList();
  }

  private static List<String> missing(Use use) {
    var query = PromQuery.read(use.query);
    var missing = new ArrayList<String>();
    var labels = new TreeSet<>(ADDED);
    for (var selector : query.selectors()) {
      var known = METRICS.get(selector.metric());
      if (known == null) {
        missing.add(selector.metric());
      } else {
        labels.addAll(known.keySet());
        selector
            .matchers()
            .forEach((label, wanted) -> missing.addAll(missing(selector, known, label, wanted)));
      }
    }
    query.grouping().stream().filter(label -> !labels.contains(label)).forEach(missing::add);
    var left = query.grouping().isEmpty() ? labels : query.grouping();
    SHOWN
        .matcher(use.texts)
        .results()
        .map(shown -> shown.group(1))
        .filter(shown -> !left.contains(shown))
        .forEach(missing::add);
    return missing;
  }

  private static List<String> missing(
      PromQuery.Selector selector, Map<String, Set<String>> known, String label, String wanted) {
    var values = known.get(label);
    if (values == null) {
      return ADDED.contains(label) ? List.of() : List.of(selector.metric() + "{" + label + "}");
    }
    return Stream.of(wanted.split("\\|", -1))
        .filter(value -> !values.contains(value))
        .map(value -> selector.metric() + "{" + label + "=" + value + "}")
        .toList();
  }

  @Test
  void the_dashboard_queries_existing_metrics() throws IOException {
    var uses = dashboard();

    assertThat(uses).hasSizeGreaterThan(30);
    assertThat(missing(uses)).isEmpty();
  }

  @Test
  void alert_rules_query_existing_metrics() throws IOException {
    var uses = alerts();

    assertThat(uses).hasSizeGreaterThan(10);
    assertThat(missing(uses)).isEmpty();
  }

  @Test
  void every_metric_of_stoker_is_on_the_dashboard() throws IOException {
    var all = dashboard().stream().map(Use::query).toList().toString();

    assertThat(METRICS.keySet())
        .filteredOn(metric -> metric.startsWith("stoker_") && !metric.endsWith("_max"))
        .isNotEmpty()
        .allSatisfy(metric -> assertThat(all).contains(metric));
  }

  @Test
  void every_alert_states_the_problem_and_what_to_do() throws IOException {
    assertThat(rules())
        .isNotEmpty()
        .allSatisfy(rule -> {
          var annotations = rule.path("annotations");
          assertThat(annotations.path("summary").asString("")).as("%s", rule).isNotBlank();
          assertThat(annotations.path("action").asString("")).as("%s", rule).isNotBlank();
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          sum(rate(stoker_prompts_warmz_total[5m]))                                  ;      ; stoker_prompts_warmz_total
          up == 0 unless stoker_prompt_armed offset 15m > 0                          ;      ; stoker_prompt_armed
          stoker_prompts_warms_total{result="failed"}                                ;      ; stoker_prompts_warms_total{result}
          stoker_prompts_warms_total{outcome=~"warmed|broken"}                       ;      ; stoker_prompts_warms_total{outcome=broken}
          sum by (state) (rate(stoker_prompts_warms_total[5m]))                      ;      ; state
          sum by (outcome) (rate(stoker_prompts_warms_total[5m]))                    ; {{instance}}       ; instance
          stoker_prompts_armed > 0                                                   ; {{ $labels.scope }}; scope
          label_values(stoker_prompts_armd{job=~"$job"}, instance)                   ;      ; stoker_prompts_armd
          """)
  void a_misspelled_name_is_found(String query, String texts, String name) {
    assertThat(missing(new Use(query, texts == null ? "" : texts))).containsExactly(name);
  }
}
