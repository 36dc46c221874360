package io.stoker.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import io.stoker.testing.ThreadRules;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may depend on whom in the program.
class HouseRulesTest {

  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.stoker.server");

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new OnlyIncludeTests())
          .importPackages("io.stoker.server");

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
        .check(PROGRAM);
  }

  @Test
  void threads_are_started_by_loops_and_tasks_only() {
    ThreadRules.check(PROGRAM, "SocketPort", "Doctor", "Total", "Interruption");
  }

  @Test
  void tests_wait_for_events_and_never_for_a_while() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe("sleeps", access -> access.getTarget().getName().equals("sleep")))
        .check(TESTS);
  }

  @Test
  void commands_and_routes_meet_in_the_assembly_only() {
    noClasses()
        .that()
        .resideInAPackage("io.stoker.server.cli")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.stoker.server.http")
        .check(PROGRAM);
    noClasses()
        .that()
        .resideInAPackage("io.stoker.server.http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.stoker.server.cli")
        .check(PROGRAM);
  }

  @Test
  void web_types_stay_with_the_routes_and_the_command_line_s_with_the_commands() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.stoker.server.http")
        .and()
        .doNotHaveSimpleName("Server")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.servlet..", "org.springframework.web..")
        .check(PROGRAM);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.stoker.server.cli")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "me.tongfei..")
        .check(PROGRAM);
  }

  @Test
  void databases_and_caches_are_opened_by_their_addresses_and_closed_by_the_assembly() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.(DatabaseUrl|RedisUrl|Assembly)(\\$.*)?")
        .and() // the doctor's, which close what they open at once
        .haveNameNotMatching(".*\\.(State|Session|Redis)Checks(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("redis.clients..", "org.postgresql..", "com.zaxxer..", "java.sql..")
        .check(PROGRAM);
  }
}
