package io.stoker.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.stoker.sessions.FollowMetrics;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionMetrics;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/// Registers the meters of [SessionMetrics] and [FollowMetrics], if there is a meter registry.
@AutoConfiguration(
    after = StokerSessionsAutoConfiguration.class,
    afterName =
        "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, SessionWarming.class})
public final class StokerMetricsAutoConfiguration {

  /// Made by Spring.
  StokerMetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  SessionMetrics stokerSessionMetrics(
      MeterRegistry registry,
      ObjectProvider<SessionCache> caches,
      ObjectProvider<SessionFollower> followers) {
    var metrics = new SessionMetrics(registry);
    caches.stream().forEach(metrics::watch);
    followers.stream().forEach(follower -> FollowMetrics.watch(follower, registry));
    return metrics;
  }
}
