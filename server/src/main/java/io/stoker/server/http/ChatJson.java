package io.stoker.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoker.TextRules;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON for chat front ends: members in `camelCase`, nulls left out, unknown members ignored.
final class ChatJson {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER_LENGTH = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_LENGTH)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private ChatJson() {}

  /// JSON on one line. Unpaired surrogates, which tools may send, become U+FFFD: a socket would be
  /// closed instead of sending one.
  static String write(Object value) {
    return TextRules.sanitized(MAPPER.writeValueAsString(value));
  }

  /// Parses JSON; null if it is malformed or nested too deeply.
  static @Nullable JsonNode read(String text) {
    try {
      var node = MAPPER.readTree(text);
      return node.isMissingNode() ? null : node;
    } catch (JacksonException _) {
      return null;
    }
  }

  /// Parses JSON from a model, to be forwarded; malformed JSON becomes a string.
  static JsonNode parsedOrText(String json) {
    var node = read(json);
    return node == null ? MAPPER.getNodeFactory().stringNode(json) : node;
  }
}
