package io.stoker.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import io.stoker.testing.HouseRules;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may depend on whom in the program.
final class HouseRulesTest extends HouseRules {

  HouseRulesTest() {
    super(
        Set.of("SocketPort", "Doctor", "BackgroundEstimate", "CancelOnSignal"), Set.of(), Map.of());
  }

  @Test
  void commands_and_routes_meet_in_the_assembly_only() {
    noClasses()
        .that()
        .resideInAPackage("io.stoker.server.cli")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.stoker.server.http")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage("io.stoker.server.http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.stoker.server.cli")
        .check(MAIN);
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
        .check(MAIN);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.stoker.server.cli")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "me.tongfei..")
        .check(MAIN);
  }

  @Test
  void databases_and_caches_are_opened_by_their_addresses_and_closed_by_the_assembly() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.(DatabaseUrl|DatabaseParameters|RedisUrl|Assembly)(\\$.*)?")
        .and() // the doctor's, which close what they open at once
        .haveNameNotMatching(".*\\.(StateDatabase|Session|Redis)Checks(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("redis.clients..", "org.postgresql..", "com.zaxxer..", "java.sql..")
        .check(MAIN);
  }
}
