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

/// A model behind an OpenAI-compatible address: `POST /chat/completions`, server-sent events up to
/// `[DONE]`, or one JSON object from those who do not stream. Thread-safe.
final class OpenAiChat implements ChatModel {

  private static final Logger LOG = LoggerFactory.getLogger(OpenAiChat.class);
  private static final String PATH = "/chat/completions";
  private static final String DATA = "data:";
  private static final String DONE = "[DONE]";

  private final ChatSettings settings;
  private final URI uri;
  private final HttpCalls calls;
  private final Map<String, String> headers;

  OpenAiChat(ChatSettings settings, Time time) {
    this.settings = settings;
    this.uri = completions(settings.uri());
    this.calls = new HttpCalls(settings.limits(), time);
    this.headers = HttpCalls.bearer(settings.key());
  }

  private static URI completions(URI uri) {
    var base = HttpCalls.base(uri);
    if (base.endsWith(PATH)) {
      return uri;
    }
    boolean bare = uri.getPath().replace("/", "").isEmpty();
    return URI.create(base + (bare ? "/v1" : "") + PATH);
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
                "stream_options", Map.of("include_usage", true),
                "messages",
                    List.of(
                        Map.of("role", "system", "content", rules),
                        Map.of("role", "user", "content", task))));
    try (var reply = calls.post(uri, headers, body)) {
      var saying = new Saying(settings.model());
      if (reply.contentType().startsWith("application/json")) {
        saying.hear(JsonObject.parse(reply.text()));
      } else {
        listen(reply, saying);
      }
      return saying.end();
    }
  }

  private static void listen(HttpReply reply, Saying saying) throws InterruptedException {
    for (var line = reply.line(); line != null; line = reply.line()) {
      if (line.startsWith(DATA)) {
        var data = line.substring(DATA.length()).strip();
        if (data.equals(DONE)) {
          return;
        }
        saying.hear(JsonObject.parse(data));
      }
    }
  }

  /// What the model has said so far.
  private static final class Saying {

    private final StringBuilder text = new StringBuilder();
    private String model;
    private String finish = "";

    private Saying(String model) {
      this.model = model;
    }

    private void hear(JsonObject part) {
      if (part.has("error")) {
        throw new CallException(
            Code.UNAVAILABLE,
            "the model gave up: " + part.object("error").text("message", "it does not say why"),
            null,
            null);
      }
      model = part.text("model", model);
      for (var choice : part.objects("choices")) {
        text.append(choice.object("delta").text("content", ""));
        text.append(choice.object("message").text("content", ""));
        finish = choice.text("finish_reason", finish);
      }
      if (part.has("usage")) {
        var usage = part.object("usage");
        LOG.debug(
            "{} read {} tokens and wrote {}",
            model,
            (long) usage.number("prompt_tokens", 0),
            (long) usage.number("completion_tokens", 0));
      }
    }

    private Reply end() {
      return switch (finish) {
        case "" ->
            throw new CallException(
                Code.UNAVAILABLE, "the model ended in the middle of its answer", null, null);
        case "content_filter" ->
            throw new CallException(
                Code.REFUSED, "the model's content filter refuses this question", null, null);
        default -> Reply.of(text, model, finish);
      };
    }
  }
}
