package io.stoker.server.http;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
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
import io.stoker.testing.ReferencePages;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/reference/metrics.md`, from a running server and an application's cache of sessions.
class MetricsReferenceTest {

  private static final String INTRODUCTION =
      """
      # Metrics

      Stoker's meters, with their names in Micrometer and, at `/actuator/prometheus`, in Prometheus, where a
      timer has `_count`, `_sum` and `_max`. Those of HTTP and the JVM are Spring Boot's. Which of them to
      watch: [What to watch in Prometheus](../how-to/prometheus.md). This page is generated from the code;
      [how](../../CONTRIBUTING.md#the-reference).

      """;

  /// The meters of one name.
  private static final class Row {

    private final Meter meter;
    private final String prometheus;
    private final Map<String, Set<String>> tags = new TreeMap<>();
    private final Set<String> places = new TreeSet<>();

    private Row(Meter meter, String prometheus) {
      this.meter = meter;
      this.prometheus = prometheus;
    }

    private void add(Meter one, String place) {
      for (Tag tag : one.getId().getTags()) {
        tags.computeIfAbsent(tag.getKey(), _ -> new TreeSet<>()).add(tag.getValue());
      }
      places.add(place);
    }

    private String meaning() {
      return Optional.ofNullable(meter.getId().getDescription()).orElse("");
    }

    private String text() {
      var id = meter.getId();
      return ReferencePages.row(
          "`" + id.getName() + "`",
          "`" + prometheus + "`",
          id.getType().name().toLowerCase(Locale.ROOT),
          Optional.ofNullable(id.getBaseUnit()).orElse(""),
          tags.entrySet().stream()
              .map(tag -> "`" + tag.getKey() + "`: " + String.join(", ", tag.getValue()))
              .collect(joining("; ")),
          meaning(),
          String.join(", ", places));
    }
  }

  private final Map<String, Row> rows = new TreeMap<>();

  @Test
  void the_reference_lists_every_meter_with_its_description() {
    readServer();
    readApplication();
    // A run has to end in a state before it is counted.
    rows.get("stoker.sessions.warm.runs")
        .tags
        .put("state", new TreeSet<>(Stream.of(RunState.values()).map(RunState::label).toList()));

    assertThat(rows.values())
        .hasSizeGreaterThan(20)
        .allSatisfy(row -> assertThat(row.meaning()).as(row.prometheus).isNotBlank());
    var head = ReferencePages.head("meter", "Prometheus", "type", "unit", "tags", "is", "of");
    var table = rows.values().stream().map(Row::text).collect(joining());
    ReferencePages.check("metrics.md", INTRODUCTION + head + table);
  }

  private void readServer() {
    var world =
        SessionEnvironment.with(20)
            .variables(
                "STOKER_SESSIONS_FOLLOW", "replication",
                "STOKER_PROMPTS_DAILYBUDGET", "5.00",
                "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "1.00");
    try (var server = RunningServer.with(world)) {
      await().until(() -> server.get("/api/sessions/runs").json().toString().contains("completed"));
      read(server.part(PrometheusMeterRegistry.class), "server");
    }
  }

  /// The meters of an application that embeds the session cache.
  private void readApplication() {
    var time = new ManualTime(Instant.EPOCH);
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var source = new InMemorySessionSource(time);
    var sessions = new InMemorySessions(time);
    var settings = SessionCache.Settings.standard();
    try (var cache = new SessionCache(sessions.store(), source, null, settings, time)) {
      new SessionMetrics(registry).watch(cache);
      read(registry, "application");
    }
  }

  private void read(PrometheusMeterRegistry registry, String place) {
    var scraped = registry.scrape();
    for (var meter : registry.getMeters()) {
      var name = meter.getId().getName();
      if (name.startsWith("stoker.")) {
        var row = rows.computeIfAbsent(name, _ -> new Row(meter, prometheus(meter, registry)));
        row.add(meter, place);
        assertThat(scraped).contains("# TYPE " + row.prometheus + " ");
      }
    }
  }

  private static String prometheus(Meter meter, MeterRegistry registry) {
    var name = meter.getId().getConventionName(registry.config().namingConvention());
    boolean counts = meter.getId().getType() == Meter.Type.COUNTER && !name.endsWith("_total");
    return counts ? name + "_total" : name;
  }
}
