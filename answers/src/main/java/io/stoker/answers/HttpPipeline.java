package io.stoker.answers;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.JsonObject;
import java.util.List;
import java.util.Map;

/// The user's own RAG application, asked by HTTP.
///
/// Posts `{"question", "scope"}` and reads
///
/// ```
/// {"answer": "…", "confidence": 87, "model": "…", "cacheable": true,
///  "sources": [{"document": "…", "version": 3, "title": "…", "passage": "…", "score": 0.8}]}
/// ```
///
/// Only `answer` must be there, and `document` in each source. Without a confidence it is 100:
/// whoever does not say is taken at their word. Other members are ignored. Thread-safe.
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
    var body = JsonObject.of(Map.of("question", question, "scope", scope));
    try (var reply = calls.post(settings.uri(), headers, body)) {
      return read(JsonObject.parse(reply.text()));
    }
  }

  private static Answer read(JsonObject json) {
    var text = json.text("answer", "");
    if (text.isBlank()) {
      throw new CallException(
          Code.BAD_ANSWER, "wanted a text in \"answer\", but there is none", null, null);
    }
    double confidence = json.number("confidence", CERTAIN);
    if (!(confidence >= 0 && confidence <= CERTAIN)) {
      throw new CallException(
          Code.BAD_ANSWER,
          "wanted a \"confidence\" from 0 to 100, but came " + confidence,
          null,
          null);
    }
    return new Answer(
        text,
        sources(json),
        (int) Math.round(confidence),
        json.text("model", "application"),
        json.truth("cacheable", true) ? "" : "the application says so");
  }

  private static List<Answer.Source> sources(JsonObject json) {
    return json.objects("sources").stream().map(HttpPipeline::source).toList();
  }

  private static Answer.Source source(JsonObject json) {
    var document = json.text("document", "");
    if (document.isBlank()) {
      throw new CallException(
          Code.BAD_ANSWER, "wanted a \"document\" in each source, but one has none", null, null);
    }
    return new Answer.Source(
        document,
        (long) json.number("version", 1),
        json.text("title", document),
        json.text("passage", ""),
        json.number("score", 0));
  }
}
