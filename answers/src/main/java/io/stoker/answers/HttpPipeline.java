package io.stoker.answers;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.Json;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A pipeline that calls the user's own RAG application over HTTP. Thread-safe.
///
/// Posts `{"question", "scope"}` and reads
///
/// ```
/// {"answer": "…", "confidence": 87, "model": "…", "cacheable": true,
///  "sources": [{"document": "…", "version": 3, "title": "…", "passage": "…", "score": 0.8}]}
/// ```
///
/// Required are `answer`, and `document` in each source. The default confidence is 100, so that an
/// application without one is trusted. Other members are ignored.
final class HttpPipeline implements AnswerPipeline {

  private static final int CERTAIN = 100;

  private final HttpPipelineSettings settings;
  private final HttpCalls calls;
  private final Map<String, String> headers;

  HttpPipeline(HttpPipelineSettings settings, Time time) {
    this.settings = settings;
    this.calls = new HttpCalls(settings.limits(), time);
    this.headers = HttpCalls.bearer(settings.token());
  }

  @Override
  public String version() {
    return settings.version();
  }

  @Override
  public Answer answer(String question, String scope) throws InterruptedException {
    var body = Json.write(Map.of("question", question, "scope", scope));
    return calls.post(settings.uri(), headers, body, reply -> read(Json.object(reply.text())));
  }

  private static Answer read(JsonNode json) {
    var text = json.path("answer").asString();
    if (text.isBlank()) {
      throw badAnswer("a text in \"answer\"", "none");
    }
    double confidence =
        json.hasNonNull("confidence") ? json.path("confidence").asDouble() : CERTAIN;
    if (!(confidence >= 0 && confidence <= CERTAIN)) {
      throw badAnswer("a \"confidence\" from 0 to 100", String.valueOf(confidence));
    }
    boolean isCacheable = !json.hasNonNull("cacheable") || json.path("cacheable").booleanValue();
    return new Answer(
        text,
        Json.items(json.path("sources")).stream().map(HttpPipeline::source).toList(),
        (int) Math.round(confidence),
        text(json, "model", "application"),
        isCacheable ? "" : "the application says so");
  }

  private static Answer.Source source(JsonNode json) {
    var document = json.path("document").asString();
    if (document.isBlank()) {
      throw badAnswer("a \"document\" in each source", "one without");
    }
    return new Answer.Source(
        document,
        json.hasNonNull("version") ? json.path("version").asLong() : 1,
        text(json, "title", document),
        json.path("passage").asString(),
        json.path("score").asDouble());
  }

  private static String text(JsonNode json, String name, String otherwise) {
    return json.hasNonNull(name) ? json.path(name).asString() : otherwise;
  }

  private static CallException badAnswer(String expected, String got) {
    return new CallException(Code.BAD_ANSWER, "expected " + expected + ", got " + got, null, null);
  }
}
