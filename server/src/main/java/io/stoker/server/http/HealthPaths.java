package io.stoker.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.core.Ordered;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;

/// Answers unknown paths below `/actuator/health` with a [Problem]. Actuator would send no body,
/// and an internal error for deeper paths.
public final class HealthPaths extends AbstractHandlerMapping {

  private static final String HEALTH = "/actuator/health/";

  private final HealthContributorRegistry contributors;
  private final HealthEndpointGroups groups;

  public HealthPaths(HealthContributorRegistry contributors, HealthEndpointGroups groups) {
    this.contributors = contributors;
    this.groups = groups;
    setOrder(Ordered.HIGHEST_PRECEDENCE);
  }

  @Override
  protected @Nullable Object getHandlerInternal(HttpServletRequest request) {
    var path = request.getRequestURI();
    if (!path.startsWith(HEALTH) || exists(List.of(path.substring(HEALTH.length()).split("/")))) {
      return null;
    }
    return (HttpRequestHandler) (_, response) -> Problems.unknownPath(path).write(response);
  }

  private boolean exists(List<String> names) {
    boolean isOfGroup = groups.getNames().contains(names.getFirst());
    return switch (names.size()) {
      case 1 -> isOfGroup || contributors.getContributor(names.getFirst()) != null;
      case 2 -> isOfGroup && contributors.getContributor(names.getLast()) != null;
      default -> false;
    };
  }
}
