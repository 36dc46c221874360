package io.stoker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import io.stoker.testing.PatternRules;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// No pattern of the library can be kept busy by what it reads.
class PatternsTest {

  private static final JavaClasses LIBRARY =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.stoker");

  /// Patterns that read nothing but what the server's operator has set.
  private static final Set<String> OPERATORS = Set.of("SessionMapping.END");

  @Test
  void patterns_are_where_they_are_found() {
    PatternRules.checkPlaces(LIBRARY, Path.of("src/main/java"));
  }

  @Test
  void a_pattern_that_goes_back_is_found_out() {
    var heading = Pattern.compile("(#{1,6})\\s+(.*?)\\s*#*\\s*");

    assertThatThrownBy(() -> PatternRules.check("heading", heading))
        .hasMessageContaining("heading looks too often at \"#");
  }

  @TestFactory
  Stream<DynamicTest> no_pattern_looks_at_a_character_too_often() {
    return PatternRules.patterns(LIBRARY).entrySet().stream()
        .filter(field -> !OPERATORS.contains(field.getKey()))
        .map(field ->
            DynamicTest.dynamicTest(
                field.getKey(), () -> PatternRules.check(field.getKey(), field.getValue())));
  }
}
