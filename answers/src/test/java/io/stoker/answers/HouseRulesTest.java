package io.stoker.answers;

import io.stoker.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class HouseRulesTest extends HouseRules {

  HouseRulesTest() {
    super(
        Set.of(),
        Set.of(),
        Map.of(
            "redis.clients..", List.of("Redis", "WakeSignal", "SharedAnswerCache"),
            "java.sql..", List.of("Jdbc"),
            "com.github.benmanes..", List.of("AnswerCache", "InMemory"),
            "tools.jackson..", List.of("ChatModel", "HttpPipeline", "RedisAnswerCache"),
            "org.apache.lucene..", List.of("PassageIndex", "WordAnalyzer"),
            "org.apache.pdfbox..", List.of("PdfText")));
  }
}
