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

/// JSON as front ends of chats speak it: members in `camelCase`, those without a value left out,
/// unknown ones passed over.
final class ChatJson {

  private static final int DEEPEST = 64;
  private static final int LONGEST_NUMBER = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(LONGEST_NUMBER)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private ChatJson() {}

  /// On one line. Half a character, which tools may send, becomes U+FFFD: a socket that is to send
  /// one would be closed.
  static String write(Object value) {
    return TextRules.sanitized(MAPPER.writeValueAsString(value));
  }

  /// What a text says; null if it is no JSON, or nested too deeply.
  static @Nullable JsonNode read(String text) {
    try {
      var node = MAPPER.readTree(text);
      return node.isMissingNode() ? null : node;
    } catch (JacksonException _) {
      return null;
    }
  }

  /// JSON that somebody else has written, to be passed on; as text if it is none.
  static JsonNode passedOn(String json) {
    var node = read(json);
    return node == null ? MAPPER.getNodeFactory().stringNode(json) : node;
  }
}
