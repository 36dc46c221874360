package io.stoker.spring;

import io.stoker.Time;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.WarmLock;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// Actuator support: the endpoint `/actuator/stoker`, a health indicator, and a readiness gate.
@AutoConfiguration(after = StokerSessionsAutoConfiguration.class)
@ConditionalOnBean(SessionWarming.class)
public final class StokerActuatorAutoConfiguration {

  /// Whether there must be a gate: because it is set, or because the readiness group names it.
  static final class GateInUse implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      var environment = context.getEnvironment();
      return environment.getProperty(
              SessionProperties.PREFIX + "readiness-gate", Boolean.class, false)
          || Binder.get(environment)
              .bind(ReadinessGate.INCLUDE, Bindable.listOf(String.class))
              .orElseGet(List::of)
              .contains(ReadinessGate.NAME);
    }
  }

  /// Made by Spring.
  StokerActuatorAutoConfiguration() {}

  /// Beans that require the actuator.
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
  static class Actuator {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    StokerEndpoint stokerEndpoint(
        SessionWarming warming,
        ObjectProvider<SessionCache> cache,
        ObjectProvider<SessionStats> stats) {
      return new StokerEndpoint(warming, cache.getIfAvailable(), stats.getIfAvailable());
    }
  }

  /// Beans that require the health endpoint.
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, HealthEndpointGroups.class})
  static class HealthIndicators {

    @Bean
    @ConditionalOnMissingBean(name = "stokerSessionsHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("stoker-sessions")
    SessionHealth stokerSessionsHealthIndicator(
        SessionProperties properties,
        SessionSource source,
        WarmLock lock,
        SessionWarming warming,
        ObjectProvider<SessionFollower> follower) {
      return new SessionHealth(
          properties.settings(), source, lock, warming, follower.getIfAvailable());
    }

    @Bean
    @ConditionalOnMissingBean(name = "stokerSessionsReadyHealthIndicator")
    @Conditional(GateInUse.class)
    ReadinessGate stokerSessionsReadyHealthIndicator(
        SessionProperties properties,
        SessionWarming warming,
        ObjectProvider<HealthEndpointGroups> groups,
        Time time) {
      if (!properties.readinessGate()) {
        // The group names the gate, and Spring Boot does not start without its members.
        return new ReadinessGate(warming, Duration.ZERO, time);
      }
      ReadinessGate.requireUse(groups.getIfAvailable());
      return new ReadinessGate(warming, properties.readinessDeadline(), time);
    }
  }
}
