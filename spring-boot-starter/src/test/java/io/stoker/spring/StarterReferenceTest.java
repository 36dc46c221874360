package io.stoker.spring;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.ReferencePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/// `docs/reference/starter.md`, from the metadata that editors complete properties by.
class StarterReferenceTest {

  private static final String INTRODUCTION =
      """
      # Properties of the Spring Boot starter

      Every property of `stoker-spring-boot-starter` in an application's `application.yaml`; editors complete
      them. A duration is `5m`, `90s` or `PT5M`; a number without a unit is seconds. How to use them:
      [the Spring Boot starter](../how-to/spring-boot.md). This page is generated from the code;
      [how](../../CONTRIBUTING.md#the-reference).

      """;

  private static final Path METADATA =
      Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

  @Test
  void the_page_of_properties_has_every_property_with_its_meaning() throws IOException {
    var metadata = JsonParserFactory.getJsonParser().parseMap(Files.readString(METADATA));
    var properties =
        ((List<?>) metadata.getOrDefault("properties", List.of()))
            .stream()
                .map(json -> (Map<?, ?>) json)
                .filter(json -> String.valueOf(json.get("name")).startsWith("stoker."))
                .map(StarterReferenceTest::asProperty)
                .toList();

    assertThat(properties)
        .hasSize(SessionProperties.class.getRecordComponents().length)
        .allSatisfy(one -> assertThat(one.meaning).as(one.name).isNotBlank());
    ReferencePages.check("starter.md", INTRODUCTION + table(properties));
  }

  private record Property(String name, String type, String standard, String meaning) {}

  private static Property asProperty(Map<?, ?> property) {
    var standard = property.get("defaultValue");
    return new Property(
        String.valueOf(property.get("name")),
        type(String.valueOf(property.get("type"))),
        standard == null ? "" : "`" + plain(standard) + "`",
        property.get("description") instanceof String text ? text : "");
  }

  /// The parser takes every number for a fraction.
  private static Object plain(Object value) {
    return value instanceof Number number ? number.longValue() : value;
  }

  private static String type(String name) {
    return switch (name) {
      case "java.time.Duration" -> "duration";
      case "java.lang.Boolean" -> "`true` or `false`";
      case "java.lang.Integer", "java.lang.Long" -> "whole number";
      case "java.lang.Double" -> "number";
      case "java.lang.String" -> "text";
      default -> throw new IllegalArgumentException("no word for the type " + name);
    };
  }

  /// In the order of the record, which is that of a reader's interest.
  private static String table(List<Property> properties) {
    return Arrays.stream(SessionProperties.class.getRecordComponents())
        .map(component -> SessionProperties.PREFIX + dashed(component.getName()))
        .map(name -> properties.stream().filter(one -> one.name.equals(name)).findFirst())
        .map(found -> found.orElseThrow())
        .map(one -> ReferencePages.row("`" + one.name + "`", one.type, one.standard, one.meaning))
        .collect(joining("", ReferencePages.head("property", "type", "default", "meaning"), ""));
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
