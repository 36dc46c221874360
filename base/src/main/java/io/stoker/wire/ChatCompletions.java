package io.stoker.wire;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A client of OpenAI's chat completions API, which Ollama, vLLM, llama.cpp and others offer as
/// well: `POST /chat/completions`, answered with server-sent events up to `[DONE]`, or one JSON
/// object from servers that do not stream. Thread-safe.
public final class ChatCompletions {

  private static final String PATH = "/chat/completions";
  private static final String DONE = "[DONE]";

  private final HttpCalls calls;
  private final URI uri;
  private final Map<String, String> headers;

  /// @param uri the address without `/chat/completions`; `/v1` is added if it has no path
  /// @param key the API key; null for none
  public ChatCompletions(HttpCalls calls, URI uri, @Nullable String key) {
    this.calls = calls;
    this.uri = completions(uri);
    this.headers = HttpCalls.bearer(key);
  }

  private static URI completions(URI uri) {
    var base = HttpCalls.base(uri);
    if (base.endsWith(PATH)) {
      return URI.create(base);
    }
    boolean bare = uri.getPath().replace("/", "").isEmpty();
    return URI.create(base + (bare ? "/v1" : "") + PATH);
  }

  /// The tokens that a request used.
  ///
  /// @param prompt tokens of the whole prompt
  /// @param cached how much of the prompt came from a cache; null if the server does not say
  public record Tokens(long prompt, @Nullable Long cached, long completion) {

    private static @Nullable Tokens of(JsonNode answer) {
      var usage = answer.path("usage");
      if (!usage.isObject()) {
        return null;
      }
      var cached = usage.path("prompt_tokens_details").path("cached_tokens");
      // llama.cpp
      var timed = answer.path("timings").path("cache_n");
      return new Tokens(
          count(usage.path("prompt_tokens")),
          cached.isNumber() ? Long.valueOf(count(cached)) : timed.isNumber() ? count(timed) : null,
          count(usage.path("completion_tokens")));
    }

    private static long count(JsonNode number) {
      return Math.max(0, number.asLong());
    }
  }

  /// How an answer ended.
  ///
  /// @param model the name that the server reports; empty if it does not
  /// @param finish the finish reason: `stop`, `length`, `content_filter`
  /// @param tokens null if the server does not say
  public record End(String model, String finish, @Nullable Tokens tokens) {}

  /// The names of the models, sorted.
  ///
  /// @throws CallException if the server does not say
  /// @throws InterruptedException if the thread is interrupted; the call is broken off
  public List<String> models() throws InterruptedException {
    return calls.get(
        URI.create(uri.toString().replace(PATH, "/models")),
        headers,
        reply ->
            Json.items(Json.object(reply.text()).path("data")).stream()
                .map(model -> model.path("id").asString())
                .filter(id -> !id.isEmpty())
                .sorted()
                .toList());
  }

  /// Sends a request, and passes on the messages of the answer as they arrive, in parts or whole.
  ///
  /// @param request the body without the members that request a stream, which are added last
  /// @param messages called on this thread
  /// @throws CallException if no answer arrives, or it breaks off
  /// @throws InterruptedException if the thread is interrupted; the call is broken off
  public End stream(Map<String, ?> request, Consumer<JsonNode> messages)
      throws InterruptedException {
    var body = new LinkedHashMap<String, Object>(request);
    body.put("stream", true);
    body.put("stream_options", Map.of("include_usage", true));
    return calls.post(
        uri,
        headers,
        Json.write(body),
        reply -> {
          var answer = new Answer(messages);
          if (reply.contentType().startsWith("application/json")) {
            answer.add(reply.text());
          } else {
            for (var data = reply.data(); data != null && !data.equals(DONE); data = reply.data()) {
              answer.add(data);
            }
          }
          return answer.end();
        });
  }

  /// Sends a request whose answer is not streamed, and returns only its cost.
  ///
  /// @throws CallException if no answer arrives, or it does not report its tokens, so that it is
  ///   unknown whether the model ran
  /// @throws InterruptedException if the thread is interrupted; the call is broken off
  public Tokens ask(Map<String, ?> request) throws InterruptedException {
    return calls.post(
        uri,
        headers,
        Json.write(request),
        reply -> {
          var answer = Json.object(reply.text());
          check(answer);
          var tokens = Tokens.of(answer);
          if (tokens == null) {
            throw new CallException(
                Code.BAD_ANSWER, "expected a \"usage\" in the answer, got none", null, null);
          }
          return tokens;
        });
  }

  private static void check(JsonNode part) {
    var error = part.path("error");
    if (part.hasNonNull("error")) {
      var kind = error.path("code").asString();
      throw CallException.reported(
          kind.isEmpty() ? error.path("type").asString() : kind,
          error.isString() ? error.asString() : error.path("message").asString());
    }
  }

  /// The parts of the answer received so far.
  private static final class Answer {

    private final Consumer<JsonNode> messages;
    private boolean begun;
    private String model = "";
    private String finish = "";
    private @Nullable Tokens tokens;

    private Answer(Consumer<JsonNode> messages) {
      this.messages = messages;
    }

    private void add(String json) {
      var part = Json.object(json);
      check(part);
      begun = true;
      model = part.path("model").asString(model);
      for (var choice : Json.items(part.path("choices"))) {
        for (var name : List.of("delta", "message")) {
          if (choice.hasNonNull(name)) {
            messages.accept(choice.path(name));
          }
        }
        finish = choice.path("finish_reason").asString(finish);
      }
      var counted = Tokens.of(part);
      tokens = counted == null ? tokens : counted;
    }

    private End end() {
      if (!begun) {
        throw new CallException(
            Code.BAD_ANSWER, "expected an answer in parts, got none", null, null);
      }
      if (finish.isEmpty()) {
        throw new CallException(
            Code.UNAVAILABLE, "the model ended in the middle of its answer", null, null);
      }
      return new End(model, finish, tokens);
    }
  }
}
