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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client of a chat model behind an OpenAI-compatible API. Thread-safe.
final class ChatModel {

  private static final Logger LOG = LoggerFactory.getLogger(ChatModel.class);
  private static final String VERSION = "/v1";

  private final ChatSettings settings;
  private final ChatCompletions completions;

  ChatModel(ChatSettings settings, Time time) {
    this.settings = settings;
    var uri =
        switch (settings.format()) {
          case OLLAMA -> versioned(settings.uri());
          case OPEN_AI -> settings.uri();
        };
    this.completions =
        new ChatCompletions(new HttpCalls(settings.limits(), time), uri, settings.key());
  }

  /// Ollama serves its OpenAI-compatible API below the address that users configure.
  private static URI versioned(URI uri) {
    var base = HttpCalls.base(uri);
    return URI.create(base.endsWith(VERSION) ? base : base + VERSION);
  }

  /// The model's name.
  String id() {
    return settings.model();
  }

  /// Sends a request, and waits for the complete reply.
  ///
  /// @param rules the system message
  /// @param task the user message
  /// @throws CallException if there is no reply
  /// @throws InterruptedException if the thread is interrupted; the call is then cancelled
  Reply ask(String rules, String task) throws InterruptedException {
    var request = new LinkedHashMap<String, Object>();
    request.put("model", settings.model());
    switch (settings.format()) {
      case OLLAMA -> request.put("temperature", 0);
      case OPEN_AI -> {} // some OpenAI models reject a temperature
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

  /// The reply of a model.
  ///
  /// @param model the name that the model reports
  /// @param complete false if it was cut off at the maximum length
  record Reply(String text, String model, boolean complete) {

    private static final Pattern REASONING =
        Pattern.compile("\\A\\s*<think>.*?</think>", Pattern.DOTALL);

    /// A reply without the reasoning in front of it.
    ///
    /// @throws CallException if nothing is left
    static Reply of(CharSequence content, String model, String finish) {
      var text = REASONING.matcher(content).replaceFirst("").strip();
      if (text.isEmpty()) {
        throw new CallException(
            Code.BAD_ANSWER, "expected a reply from the model, got an empty one", null, null);
      }
      return new Reply(text, model, !finish.equals("length"));
    }
  }
}
