package io.stoker.server.telemetry;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/// Leaves out of Spring all that has to do with spans, unless it is said where they are to be sent:
/// then they cost nothing, not even time at the start. Named in `META-INF/spring.factories`.
public final class TracingImportFilter implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private static final List<String> ABOUT_SPANS =
      List.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean wanted;

  /// For Spring.
  public TracingImportFilter() {}

  @Override
  public void setEnvironment(Environment environment) {
    wanted = !environment.getProperty(ENDPOINT, "").isBlank();
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    var kept = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      var name = classes[i];
      kept[i] = wanted || name == null || ABOUT_SPANS.stream().noneMatch(name::startsWith);
    }
    return kept;
  }
}
