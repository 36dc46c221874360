package io.stoker.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The examples in the OpenAPI document, from `openapi-examples.yaml`.
///
/// @param types examples of components, by name
/// @param requests JSON request bodies, by route
/// @param responses JSON response bodies without a component, by route
record ApiExamples(
    Map<String, Object> types, Map<String, Object> requests, Map<String, Object> responses) {

  private static final String FILE = "/openapi-examples.yaml";

  private static final int MAX_REFERENCES = 200;

  static ApiExamples read() {
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_REFERENCES);
    try (var file = open()) {
      Map<String, Map<String, Object>> all = new Yaml(new SafeConstructor(options)).load(file);
      return new ApiExamples(part(all, "types"), part(all, "requests"), part(all, "responses"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open() {
    return Objects.requireNonNull(ApiExamples.class.getResourceAsStream(FILE), FILE);
  }

  private static Map<String, Object> part(Map<String, Map<String, Object>> all, String name) {
    return Objects.requireNonNull(all.get(name), name);
  }
}
