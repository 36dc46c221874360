package io.stoker.answers.rag;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.wire.ChatCompletions;
import io.stoker.wire.HttpCalls;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A model behind an OpenAI-compatible address, such as that of an Ollama. Thread-safe.
final class OpenAiChat implements ChatModel {

  private static final Logger LOG = LoggerFactory.getLogger(OpenAiChat.class);
  private static final String VERSION = "/v1";

  private final ChatSettings settings;
  private final ChatCompletions completions;

  OpenAiChat(ChatSettings settings, Time time) {
    this.settings = settings;
    var uri =
        switch (settings.format()) {
          case OLLAMA -> versioned(settings.uri());
          case OPEN_AI -> settings.uri();
        };
    this.completions =
        new ChatCompletions(new HttpCalls(settings.limits(), time), uri, settings.key());
  }

  /// Ollama speaks its own protocol at the address that users know, and this one below it.
  private static URI versioned(URI uri) {
    var base = HttpCalls.base(uri);
    return URI.create(base.endsWith(VERSION) ? base : base + VERSION);
  }

  @Override
  public String id() {
    return settings.model();
  }

  @Override
  public Reply ask(String rules, String task) throws InterruptedException {
    var request = new LinkedHashMap<String, Object>();
    request.put("model", settings.model());
    switch (settings.format()) {
      case OLLAMA -> request.put("temperature", 0);
      case OPEN_AI -> {} // some of its models refuse any temperature
    }
    request.put("messages", List.of(message("system", rules), message("user", task)));
    var text = new StringBuilder();
    var end =
        completions.stream(request, message -> text.append(message.path("content").asString()));
    if (end.tokens() != null) {
      LOG.debug(
          "{} read {} tokens and wrote {}",
          end.model(),
          end.tokens().prompt(),
          end.tokens().completion());
    }
    if (end.finish().equals("content_filter")) {
      throw new CallException(
          Code.REFUSED, "the model's content filter refuses this question", null, null);
    }
    return Reply.of(text, end.model().isEmpty() ? id() : end.model(), end.finish());
  }

  private static Map<String, String> message(String role, String content) {
    var message = new LinkedHashMap<String, String>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }
}
