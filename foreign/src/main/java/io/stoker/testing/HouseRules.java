package io.stoker.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Architecture rules for every module. A rule that makes the code worse is changed here.
///
/// The independence of the warmers needs no rule: they are modules without dependencies on each
/// other.
public abstract class HouseRules {

  /// Methods that read a clock or sleep, by owner and name, including all overloads.
  private static final Map<String, Set<String>> CLOCKS =
      Map.of(
          "java.time.Instant", Set.of("now"),
          "java.time.LocalDate", Set.of("now"),
          "java.time.LocalDateTime", Set.of("now"),
          "java.time.OffsetDateTime", Set.of("now"),
          "java.time.ZonedDateTime", Set.of("now"),
          "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system", "tick"),
          "java.lang.System", Set.of("currentTimeMillis", "nanoTime"),
          "java.lang.Thread", Set.of("sleep"),
          "java.util.concurrent.TimeUnit", Set.of("sleep"));

  /// The classes of the module, without its tests.
  protected static final JavaClasses MAIN =
      new ClassFileImporter().importPath(Path.of("target/classes"));

  private static final JavaClasses TESTS =
      new ClassFileImporter().importPath(Path.of("target/test-classes"));

  private final Set<String> threadStarters;
  private final Set<String> patternsOfOperators;
  private final Map<String, List<String>> adapters;

  /// @param threadStarters simple names of the classes that may start threads
  /// @param patternsOfOperators fields with patterns that match only operators' settings
  /// @param adapters packages of third parties, with prefixes of the names of the classes that may
  ///   use them
  protected HouseRules(
      Set<String> threadStarters,
      Set<String> patternsOfOperators,
      Map<String, List<String>> adapters) {
    this.threadStarters = Set.copyOf(threadStarters);
    this.patternsOfOperators = Set.copyOf(patternsOfOperators);
    this.adapters = Map.copyOf(adapters);
  }

  @Test
  void only_system_time_reads_the_clock() {
    noClasses()
        .that()
        .doNotHaveSimpleName("SystemTime")
        .should()
        .accessTargetWhere(describe("reads a clock or sleeps", HouseRules::readsClock))
        .check(MAIN);
  }

  @Test
  void threads_are_started_by_loops_and_tasks_only() {
    ThreadRules.check(MAIN, threadStarters.toArray(String[]::new));
  }

  @Test
  void tests_wait_for_events_and_never_for_a_while() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe(
                "sleeps",
                access -> readsClock(access) && access.getTarget().getName().equals("sleep")))
        .check(TESTS);
  }

  @Test
  void rules_decide_and_do_nothing_else() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Rules")
        .or()
        .haveSimpleNameEndingWith("Schedule")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.slf4j..", "redis..", "java.net..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleNameEndingWith("Source")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleNameEndingWith("Store")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo("io.stoker.Time")
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @TestFactory
  Stream<DynamicTest> a_third_party_stays_in_the_adapter_that_needs_it() {
    return adapters.entrySet().stream()
        .map(party ->
            DynamicTest.dynamicTest(
                party.getKey(), () -> assertStays(party.getKey(), party.getValue())));
  }

  @Test
  void nothing_hides_behind_a_name_that_says_nothing() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..impl..", "..helper..", "..manager..")
        .check(MAIN);
    classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)").check(MAIN);
  }

  @Test
  void patterns_are_where_they_are_found() {
    PatternRules.checkPlaces(MAIN, Path.of("src/main/java"));
  }

  @TestFactory
  Stream<DynamicTest> no_pattern_looks_at_a_character_too_often() {
    return PatternRules.patterns(MAIN).entrySet().stream()
        .filter(field -> !patternsOfOperators.contains(field.getKey()))
        .map(field ->
            DynamicTest.dynamicTest(
                field.getKey(), () -> PatternRules.check(field.getKey(), field.getValue())));
  }

  private static void assertStays(String thirdParty, List<String> owners) {
    noClasses()
        .that(
            describe(
                "are not " + String.join(", ", owners),
                owner ->
                    owners.stream().noneMatch(name -> outermost(owner.getName()).startsWith(name))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(thirdParty)
        .check(MAIN);
  }

  /// The simple name of the top-level class.
  private static String outermost(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static boolean readsClock(JavaAccess<?> access) {
    var methods = CLOCKS.get(access.getTargetOwner().getName());
    return methods != null && methods.contains(access.getTarget().getName());
  }
}
