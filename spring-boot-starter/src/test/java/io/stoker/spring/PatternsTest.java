package io.stoker.spring;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.stoker.testing.PatternRules;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// No pattern of the starter can be kept busy by what it reads.
class PatternsTest {

  private static final JavaClasses STARTER =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.stoker.spring");

  @Test
  void patterns_are_where_they_are_found() {
    PatternRules.checkPlaces(STARTER, Path.of("src/main/java"));
  }

  @TestFactory
  Stream<DynamicTest> no_pattern_looks_at_a_character_too_often() {
    return PatternRules.patterns(STARTER).entrySet().stream()
        .map(field ->
            DynamicTest.dynamicTest(
                field.getKey(), () -> PatternRules.check(field.getKey(), field.getValue())));
  }
}
