package io.stoker.sessions;

import io.stoker.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class HouseRulesTest extends HouseRules {

  HouseRulesTest() {
    super(
        Set.of(),
        Set.of("SessionMapping.END"),
        Map.of(
            "redis.clients..", List.of("Redis"),
            "java.sql..",
                List.of(
                    "Jdbc",
                    "CopyRow",
                    "SourceErrors",
                    "Replication",
                    "FollowSetup",
                    "FollowRun",
                    "SessionFollower"),
            "org.postgresql..", List.of("Jdbc", "CopyRow", "Replication"),
            "com.github.benmanes..", List.of("SessionCache", "InMemory"),
            "io.github.resilience4j..", List.of("CircuitBreaker"),
            "io.micrometer..", List.of("SessionMetrics", "FollowMetrics"),
            "tools.jackson..", List.of("TokenJson")));
  }
}
