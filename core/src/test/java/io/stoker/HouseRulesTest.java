package io.stoker;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import io.stoker.testing.ThreadRules;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may depend on whom in the library. A rule that makes the code worse is changed here.
class HouseRulesTest {

  private static final JavaClasses LIBRARY =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.stoker");

  private static final JavaClasses TESTS =
      new ClassFileImporter().withImportOption(new OnlyIncludeTests()).importPackages("io.stoker");

  /// Whatever reads a clock or sleeps, by owner and method, so that no overload slips through.
  private static final Map<String, Set<String>> CLOCKS =
      Map.of(
          "java.time.Instant", Set.of("now"),
          "java.time.LocalDateTime", Set.of("now"),
          "java.time.OffsetDateTime", Set.of("now"),
          "java.time.ZonedDateTime", Set.of("now"),
          "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system", "tick"),
          "java.lang.System", Set.of("currentTimeMillis", "nanoTime"),
          "java.lang.Thread", Set.of("sleep"),
          "java.util.concurrent.TimeUnit", Set.of("sleep"));

  private static final String[] WARMERS = {
    "io.stoker.sessions..", "io.stoker.answers..", "io.stoker.prompts..", "io.stoker.access.."
  };

  /// What the warmers share besides the words: these use no warmer, and not each other.
  private static final String[] ROOMS_BELOW = {"io.stoker.wire..", "io.stoker.state.."};

  @Test
  void only_system_time_reads_the_clock() {
    noClasses()
        .that()
        .doNotHaveSimpleName("SystemTime")
        .should()
        .accessTargetWhere(describe("reads a clock or sleeps", HouseRulesTest::readsClock))
        .check(LIBRARY);
  }

  @Test
  void threads_are_started_by_loops_and_tasks_only() {
    ThreadRules.check(LIBRARY, "Loop", "Task", "HttpCalls", "WorkThreads");
  }

  @Test
  void tests_wait_for_events_and_never_for_a_while() {
    noClasses()
        .should()
        .accessTargetWhere(describe("sleeps", access -> readsClock(access) && isSleep(access)))
        .check(TESTS);
  }

  @Test
  void no_warmer_knows_another_and_the_shared_words_know_none() {
    slices()
        .matching("io.stoker.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(resideInAnyPackage(WARMERS), resideInAnyPackage(ROOMS_BELOW))
        .check(LIBRARY);
    noClasses()
        .that()
        .resideInAPackage("io.stoker")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.stoker.*..")
        .check(LIBRARY);
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
        .areAssignableTo(Time.class)
        .check(LIBRARY);
  }

  @Test
  void each_third_party_stays_in_the_adapter_that_needs_it() {
    stays("redis.clients..", "Redis", "AnswerSignal", "AnswerTier");
    stays("java.sql..", "Jdbc", "CopyRow", "SourceTrouble");
    stays("org.postgresql..", "Jdbc", "CopyRow");
    stays("org.sqlite..", "JdbcSqlite");
    stays("org.flywaydb..", "JdbcMigration");
    stays("com.github.benmanes..", "SessionCache", "AnswerCache", "InMemory");
    stays("io.github.resilience4j..", "Breaker");
    stays("io.micrometer..", "SessionMetrics");
    stays("tools.jackson..", "TokenJson", "JsonObject", "JsonParts", "PromptJson");
    stays("java.net.http..", "HttpCalls", "HttpReply", "ReplyBody");
    stays("com.anthropic..", "Anthropic");
    stays("org.apache.lucene..", "PassageIndex", "WordAnalyzer");
    stays("org.apache.pdfbox..", "PdfText");
  }

  @Test
  void nothing_hides_behind_a_name_that_says_nothing() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..impl..", "..helper..", "..manager..")
        .check(LIBRARY);
    classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)").check(LIBRARY);
  }

  private static void stays(String thirdParty, String... adapters) {
    noClasses()
        .that(
            describe(
                "are not " + String.join(", ", adapters),
                owner ->
                    Set.of(adapters).stream()
                        .noneMatch(name -> outermost(owner.getName()).startsWith(name))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(thirdParty)
        .check(LIBRARY);
  }

  private static boolean isSleep(JavaAccess<?> access) {
    return access.getTarget().getName().equals("sleep");
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
