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

/// A language model that words answers, behind an address that speaks OpenAI's protocol.
/// Thread-safe.
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

  /// Ollama speaks its own protocol at the address that users know, and this one below it.
  private static URI versioned(URI uri) {
    var base = HttpCalls.base(uri);
    return URI.create(base.endsWith(VERSION) ? base : base + VERSION);
  }

  /// The name that tells it from others.
  String id() {
    return settings.model();
  }

  /// Asks, and waits for the whole reply.
  ///
  /// @param rules what the model is to do
  /// @param task what it is to do it with
  /// @throws CallException if there is no reply
  /// @throws InterruptedException if the thread is interrupted; the call is broken off
  Reply ask(String rules, String task) throws InterruptedException {
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

  /// What a model said.
  ///
  /// @param model its name, as it calls itself
  /// @param complete false if it reached its longest answer first
  record Reply(String text, String model, boolean complete) {

    private static final Pattern THOUGHTS =
        Pattern.compile("\\A\\s*<think>.*?</think>", Pattern.DOTALL);

    /// What came in pieces, without the thoughts that some models begin with.
    ///
    /// @throws CallException if nothing is left
    static Reply of(CharSequence pieces, String model, String finish) {
      var text = THOUGHTS.matcher(pieces).replaceFirst("").strip();
      if (text.isEmpty()) {
        throw new CallException(Code.BAD_ANSWER, "the model said nothing", null, null);
      }
      return new Reply(text, model, !finish.equals("length"));
    }
  }
}
