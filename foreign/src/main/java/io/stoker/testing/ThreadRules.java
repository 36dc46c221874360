package io.stoker.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.Set;

/// The rule that only [io.stoker.BackgroundLoop], [io.stoker.BackgroundTask], which log exceptions,
/// and a few other classes may start threads.
public final class ThreadRules {

  private static final String ANY = "*";

  /// Methods that start threads, by owner and name.
  private static final Map<String, Set<String>> STARTS =
      Map.of(
          "java.lang.Thread", Set.of("ofVirtual", "ofPlatform", "startVirtualThread", "<init>"),
          "java.util.Timer", Set.of(ANY),
          "java.util.concurrent.Executors", Set.of(ANY),
          "java.util.concurrent.ForkJoinPool", Set.of(ANY),
          "java.util.concurrent.ThreadPoolExecutor", Set.of(ANY),
          "java.util.concurrent.ScheduledThreadPoolExecutor", Set.of(ANY),
          "java.util.concurrent.ScheduledExecutorService", Set.of(ANY),
          "java.util.concurrent.CompletableFuture",
              Set.of("runAsync", "supplyAsync", "delayedExecutor"));

  private ThreadRules() {}

  /// Checks that no other class does.
  ///
  /// @param others simple names of further classes that may start threads
  public static void check(JavaClasses classes, String... others) {
    var allowed = Set.of(others);
    noClasses()
        .that(
            describe(
                "are not " + String.join(", ", others),
                owner -> !allowed.contains(owner.getSimpleName())))
        .should()
        .accessTargetWhere(describe("starts a thread", ThreadRules::startsThread))
        .check(classes);
  }

  private static boolean startsThread(JavaAccess<?> access) {
    var methods = STARTS.get(access.getTargetOwner().getName());
    return methods != null
        && (methods.contains(ANY) || methods.contains(access.getTarget().getName()));
  }
}
