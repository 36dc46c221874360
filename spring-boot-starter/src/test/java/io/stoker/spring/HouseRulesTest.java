package io.stoker.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.stoker.testing.HouseRules;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may depend on whom in the starter.
final class HouseRulesTest extends HouseRules {

  HouseRulesTest() {
    super(Set.of(), Set.of(), Map.of());
  }

  @Test
  void it_uses_neither_http_nor_sql() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "jakarta.servlet..", "org.springframework.web..", "java.sql..", "org.postgresql..")
        .check(MAIN);
  }

  @Test
  void optional_dependencies_are_used_only_by_their_own_classes() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.(Stoker|Session|Readiness)\\w*(Actuator|Endpoint|Health|Gate).*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework.boot.actuate..", "org.springframework.boot.health..")
        .check(MAIN);
    noClasses()
        .that()
        .doNotHaveSimpleName("StokerMetricsAutoConfiguration")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..")
        .check(MAIN);
    noClasses()
        .that()
        .doNotHaveSimpleName("SpringDataRedisConfiguration")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.boot.data..")
        .check(MAIN);
  }
}
