package io.stoker.answers.rag;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.HttpReply;
import io.stoker.wire.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A model of an Ollama: `POST /api/chat`, one JSON object a line, the last with `done`.
/// Thread-safe.
final class OllamaChat implements ChatModel {

  private static final Logger LOG = LoggerFactory.getLogger(OllamaChat.class);

  private final ChatSettings settings;
  private final URI uri;
  private final HttpCalls calls;
  private final Map<String, String> headers;

  OllamaChat(ChatSettings settings, Time time) {
    this.settings = settings;
    this.uri = URI.create(HttpCalls.base(settings.uri()) + "/api/chat");
    this.calls = new HttpCalls(settings.limits(), time);
    this.headers = HttpCalls.bearer(settings.key());
  }

  @Override
  public String id() {
    return settings.model();
  }

  @Override
  public Reply ask(String rules, String task) throws InterruptedException {
    var body =
        JsonObject.of(
            Map.of(
                "model", settings.model(),
                "stream", true,
                "options", Map.of("temperature", 0),
                "messages",
                    List.of(
                        Map.of("role", "system", "content", rules),
                        Map.of("role", "user", "content", task))));
    try (var reply = calls.post(uri, headers, body)) {
      return listen(reply);
    }
  }

  private Reply listen(HttpReply reply) throws InterruptedException {
    var text = new StringBuilder();
    for (var line = reply.line(); line != null; line = reply.line()) {
      if (line.isBlank()) {
        continue;
      }
      var part = JsonObject.parse(line);
      if (part.has("error")) {
        throw new CallException(
            Code.UNAVAILABLE, "Ollama gave up: " + part.text("error", ""), null, null);
      }
      text.append(part.object("message").text("content", ""));
      if (part.truth("done", false)) {
        LOG.debug(
            "{} read {} tokens and wrote {}",
            settings.model(),
            (long) part.number("prompt_eval_count", 0),
            (long) part.number("eval_count", 0));
        return Reply.of(
            text, part.text("model", settings.model()), part.text("done_reason", "stop"));
      }
    }
    throw new CallException(
        Code.UNAVAILABLE, "Ollama ended in the middle of its answer", null, null);
  }
}
