package io.stoker;

import io.stoker.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class HouseRulesTest extends HouseRules {

  HouseRulesTest() {
    super(
        Set.of("BackgroundLoop", "BackgroundTask", "HttpCalls", "CpuWorkPool"),
        Set.of(),
        Map.of(
            "tools.jackson..", List.of("ChatCompletions", "HttpCalls", "Json"),
            "java.net.http..", List.of("HttpCalls", "HttpReply", "ReplyBody")));
  }
}
