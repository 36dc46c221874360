package io.stoker.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/// The chart for Kubernetes, rendered with every combination of its switches: each object is read
/// strictly as what Kubernetes has under its name.
class HelmChartTest {

  private static final Path CHART = Path.of("../deploy/helm/stoker");
  private static final int PORT = 24203;

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "apps/v1 Deployment", Deployment.class,
          "v1 Service", Service.class,
          "v1 ConfigMap", ConfigMap.class,
          "v1 PersistentVolumeClaim", PersistentVolumeClaim.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
          "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                  return false; // the model keeps what it does not know
                }
              })
          .build();

  // --- every combination ---

  /// Every combination of the switches, as lines of `--set`.
  static List<String> combinations() {
    var switches =
        List.of(
            List.of("replicas=1", "state.postgres=true", "state.postgres=true replicas=3"),
            List.of("", "persistence.existingClaim=mine", "persistence.storageClass=fast"),
            List.of("", "tokens.secret=stoker-tokens"),
            List.of("", "config.stoker.prompts.policy=adaptive"),
            List.of("", "networkPolicy.enabled=false"),
            List.of("", "disruptionBudget.enabled=false"),
            List.of("", "serviceMonitor.enabled=true serviceMonitor.token.secret=stoker-metrics"));
    var combinations = List.of("secret.name=stoker");
    for (var alternatives : switches) {
      combinations =
          combinations.stream()
              .flatMap(before -> alternatives.stream().map(more -> (before + " " + more).strip()))
              .toList();
    }
    return combinations;
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void every_combination_is_made_of_what_kubernetes_knows(String set) throws IOException {
    var values = values(set);

    var objects = objects(values);

    assertThat(errors(values)).isEmpty();
    boolean isSeveral = set.contains("replicas=3");
    boolean isPostgres = set.contains("state.postgres=true");
    var expected = new TreeSet<>(Set.of("Deployment", "Service"));
    expect(expected, "ConfigMap", set.contains("config."));
    expect(expected, "NetworkPolicy", !set.contains("networkPolicy.enabled=false"));
    expect(
        expected,
        "PodDisruptionBudget",
        isSeveral && !set.contains("disruptionBudget.enabled=false"));
    expect(expected, "PersistentVolumeClaim", !isPostgres && !set.contains("existingClaim"));
    expect(expected, "ServiceMonitor", set.contains("serviceMonitor.enabled"));
    assertThat(objects.keySet()).containsExactlyElementsOf(expected);
    assertIsHardened((Deployment) read(objects.get("Deployment")));
    assertSelectorsFit(objects);
  }

  private static void expect(Set<String> kinds, String kind, boolean isThere) {
    if (isThere) {
      kinds.add(kind);
    }
  }

  private static void assertIsHardened(Deployment deployment) {
    var pod = deployment.getSpec().getTemplate().getSpec();
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThan(75);
    var container = pod.getContainers().getFirst();
    var security = container.getSecurityContext();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(container.getCommand()).as("the image's own, with its flags").isEmpty();
    assertThat(container.getResources().getLimits()).containsKey("memory");
    assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
    for (var probe :
        List.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())) {
      assertThat(probe.getHttpGet().getPath()).startsWith("/actuator/health/");
      assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    }
    var volumes = pod.getVolumes().stream().map(volume -> volume.getName()).toList();
    assertThat(container.getVolumeMounts())
        .extracting(mount -> mount.getName())
        .containsExactlyInAnyOrderElementsOf(volumes);
  }

  private static void assertSelectorsFit(Map<String, Map<String, Object>> objects) {
    var deployment = (Deployment) read(objects.get("Deployment"));
    var labels = deployment.getSpec().getTemplate().getMetadata().getLabels();
    var ports = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getPorts();
    assertThat(ports)
        .singleElement()
        .satisfies(port -> {
          assertThat(port.getName()).isEqualTo("http");
          assertThat(port.getContainerPort()).isEqualTo(PORT);
        });
    assertThat(labels).containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
    var service = (Service) read(objects.get("Service"));
    assertThat(labels).containsAllEntriesOf(service.getSpec().getSelector());
    assertThat(service.getSpec().getPorts().getFirst().getTargetPort().getStrVal())
        .isEqualTo("http");
    if (objects.containsKey("NetworkPolicy")) {
      var policy = (NetworkPolicy) read(objects.get("NetworkPolicy"));
      assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isNotEmpty();
      assertThat(labels).containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
    }
    if (objects.containsKey("PodDisruptionBudget")) {
      var budget = (PodDisruptionBudget) read(objects.get("PodDisruptionBudget"));
      assertThat(labels).containsAllEntriesOf(budget.getSpec().getSelector().getMatchLabels());
      assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
    }
  }

  // --- what each is for ---

  @Test
  void only_those_who_are_named_get_in_and_only_to_the_one_port() throws IOException {
    var values = values("secret.name=stoker");
    var network = members(values, "networkPolicy");
    network.put("callers", List.of(peer("ingress")));
    network.put("metrics", List.of(peer("monitoring")));

    var policy = (NetworkPolicy) read(objects(values).get("NetworkPolicy"));

    assertThat(errors(values)).isEmpty();
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress");
    assertThat(policy.getSpec().getIngress())
        .singleElement()
        .satisfies(rule -> {
          assertThat(rule.getFrom())
              .extracting(from -> from.getNamespaceSelector().getMatchLabels().get("name"))
              .containsExactly("ingress", "monitoring");
          assertThat(rule.getPorts())
              .singleElement()
              .satisfies(port -> assertThat(port.getPort().getStrVal()).isEqualTo("http"));
        });
  }

  @Test
  void unless_somebody_is_named_it_is_the_pods_of_the_same_namespace() throws IOException {
    var policy = (NetworkPolicy) read(objects(values("secret.name=stoker")).get("NetworkPolicy"));

    assertThat(policy.getSpec().getIngress().getFirst().getFrom())
        .singleElement()
        .satisfies(peer -> {
          assertThat(peer.getPodSelector()).isNotNull();
          assertThat(peer.getNamespaceSelector()).isNull();
          assertThat(peer.getIpBlock()).isNull();
        });
  }

  @Test
  void prometheus_gets_a_token_of_its_own() throws IOException {
    var values =
        values(
            "secret.name=stoker serviceMonitor.enabled=true serviceMonitor.token.secret=stoker-metrics");

    var monitor = objects(values).get("ServiceMonitor").toString();

    assertThat(monitor).contains("credentials={name=stoker-metrics, key=token}");
    assertThat(monitor).doesNotContain("STOKER_TOKEN");
  }

  @Test
  void tokens_of_several_servers_come_from_a_secret_as_a_folder_that_is_only_read()
      throws IOException {
    var objects =
        objects(
            values(
                "secret.name=stoker state.postgres=true replicas=3 tokens.secret=stoker-tokens"));

    var pod = ((Deployment) read(objects.get("Deployment"))).getSpec().getTemplate().getSpec();
    var container = pod.getContainers().getFirst();
    assertThat(container.getEnv())
        .filteredOn(variable -> variable.getName().equals("STOKER_TOKENS_FILE"))
        .singleElement()
        .satisfies(
            variable -> assertThat(variable.getValue()).isEqualTo("/etc/stoker/tokens/tokens"));
    assertThat(container.getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("tokens"))
        .singleElement()
        .satisfies(mount -> {
          assertThat(mount.getMountPath()).isEqualTo("/etc/stoker/tokens");
          assertThat(mount.getReadOnly()).isTrue();
          assertThat(mount.getSubPath()).isNull();
        });
    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getName().equals("tokens"))
        .singleElement()
        .satisfies(volume -> assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440));
  }

  // --- what is refused ---

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "replicas=1; secret.name: expected the name of a Secret",
        "secret.name=stoker replicas=2; replicas: expected 1",
        "secret.name=stoker serviceMonitor.enabled=true; serviceMonitor.token.secret: expected the name",
        "secret.name=stoker serviceMonitor.enabled=true serviceMonitor.token.secret=stoker; serviceMonitor.token.secret: expected a Secret of its own"
      })
  void templates_refuse_what_cannot_be(String set, String message) throws IOException {
    var values = values(set);

    assertThatThrownBy(() -> objects(values))
        .isInstanceOf(ChartTemplates.Refused.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replica=2",
        "replicas=-1",
        "replicas=many",
        "image.pullPolicy=Sometimes",
        "service.port=0",
        "service.type=Public",
        "persistence.size=much",
        "networkPolicy.enabled=perhaps",
        "networkPolicy.callers=all",
        "disruptionBudget.maxUnavailable=0",
        "tokens.secret=Not_A_Name",
        "tokens.file=tokens",
        "serviceMonitor.interval=often",
        "state.database=postgres"
      })
  void the_schema_refuses_values_that_it_does_not_know(String set) throws IOException {
    assertThat(errors(values(set))).isNotEmpty();
  }

  @Test
  void the_values_that_come_with_it_fit_the_schema() throws IOException {
    assertThat(errors(values(""))).isEmpty();
  }

  // --- reading and rendering ---

  private static Map<String, Object> peer(String namespace) {
    return Map.of("namespaceSelector", Map.of("matchLabels", Map.of("name", namespace)));
  }

  private static Yaml yaml() {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(options);
  }

  /// Those of the chart, changed as by `--set`.
  private static Map<String, Object> values(String set) throws IOException {
    Map<String, Object> values = yaml().load(Files.readString(CHART.resolve("values.yaml")));
    for (var change : Stream.of(set.split(" ")).filter(one -> !one.isEmpty()).toList()) {
      var path = new ArrayList<>(List.of(change.substring(0, change.indexOf('=')).split("\\.")));
      var last = path.removeLast();
      var at = values;
      for (var step : path) {
        at = members(at, step);
      }
      at.put(last, yaml().load(change.substring(change.indexOf('=') + 1)));
    }
    return values;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> members(Map<String, Object> values, String name) {
    return (Map<String, Object>) values.computeIfAbsent(name, _ -> new HashMap<String, Object>());
  }

  private static List<?> errors(Map<String, Object> values) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
        .getSchema(Files.readString(CHART.resolve("values.schema.json")))
        .validate(new JsonMapper().valueToTree(values));
  }

  /// By kind.
  private static Map<String, Map<String, Object>> objects(Map<String, Object> values)
      throws IOException {
    Map<String, Object> chart = yaml().load(Files.readString(CHART.resolve("Chart.yaml")));
    var context =
        Map.<String, Object>of(
            "Values", values,
            "Chart", Map.of("AppVersion", chart.get("appVersion"), "Name", chart.get("name")),
            "Release", Map.of("Name", "test", "Namespace", "tools", "Service", "Helm"));
    var objects = new TreeMap<String, Map<String, Object>>();
    for (var text : new ChartTemplates(CHART.resolve("templates")).render(context).values()) {
      Map<String, Object> object = yaml().load(text);
      if (object != null) {
        var kind = (String) object.get("kind");
        if (!kind.equals("ServiceMonitor")) { // which Kubernetes itself does not have
          assertThat(read(object).getMetadata().getName()).isEqualTo("test-stoker");
        }
        objects.put(kind, object);
      }
    }
    return objects;
  }

  private static HasMetadata read(Map<String, Object> object) {
    var type = KINDS.get(object.get("apiVersion") + " " + object.get("kind"));
    assertThat(type).as("%s", object).isNotNull();
    return STRICT.convertValue(object, type);
  }
}
