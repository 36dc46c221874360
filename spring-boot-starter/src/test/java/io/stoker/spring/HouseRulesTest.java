package io.stoker.spring;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may depend on whom in the starter.
class HouseRulesTest {

  private static final JavaClasses STARTER =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.stoker.spring");

  @Test
  void time_is_passed_in() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe(
                "reads a clock or sleeps",
                access ->
                    Set.of("now", "nanoTime", "currentTimeMillis", "systemUTC", "sleep")
                            .contains(access.getTarget().getName())
                        && (access.getTargetOwner().getPackageName().equals("java.time")
                            || access.getTargetOwner().isEquivalentTo(System.class)
                            || access.getTargetOwner().isEquivalentTo(Thread.class))))
        .check(STARTER);
  }

  @Test
  void the_starter_is_about_sessions_and_stands_on_the_library_alone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.stoker.answers..", "io.stoker.prompts..", "io.stoker.server..")
        .check(STARTER);
  }

  @Test
  void it_neither_speaks_http_nor_sql() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "jakarta.servlet..", "org.springframework.web..", "java.sql..", "org.postgresql..")
        .check(STARTER);
  }

  @Test
  void what_is_optional_is_named_by_the_class_that_is_about_it() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.(Stoker|Session|Readiness)\\w*(Actuator|Endpoint|Health|Gate).*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework.boot.actuate..", "org.springframework.boot.health..")
        .check(STARTER);
    noClasses()
        .that()
        .doNotHaveSimpleName("StokerMetricsAutoConfiguration")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..")
        .check(STARTER);
    noClasses()
        .that()
        .doNotHaveSimpleName("SpringDataRedis")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.boot.data..")
        .check(STARTER);
  }
}
