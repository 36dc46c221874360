package io.stoker.server.telemetry;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/// Excludes Spring Boot's auto-configurations for tracing unless an OTLP endpoint is configured, so
/// that tracing costs no startup time when it is off. Registered in `META-INF/spring.factories`.
public final class TracingImportFilter implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private static final List<String> TRACING_PACKAGES =
      List.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean enabled;

  /// For Spring.
  public TracingImportFilter() {}

  @Override
  public void setEnvironment(Environment environment) {
    enabled = !environment.getProperty(ENDPOINT, "").isBlank();
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    var included = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      var name = classes[i];
      included[i] =
          enabled || name == null || TRACING_PACKAGES.stream().noneMatch(name::startsWith);
    }
    return included;
  }
}
