package io.stoker.examples.ragapp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// A stand-in for your own RAG application: a web service with the API that Stoker calls.
///
/// ```
/// POST /answer  {"question": "When do you open?", "scope": ""}
/// 200           {"answer": "…", "confidence": 90, "model": "handbook",
///                "sources": [{"document": "hours", "title": "Opening hours", "passage": "…"}]}
/// ```
///
/// Only the member `answer` is required. Thread-safe.
public final class RagApp implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern WORD = Pattern.compile("\\w{3,}");

  private static final List<Article> HANDBOOK =
      List.of(
          new Article("hours", "Opening hours", "We open at nine and close at five."),
          new Article("parking", "Parking", "Visitors park behind the house; it costs nothing."),
          new Article("refunds", "Refunds", "You get a refund for a ticket until the day before."));

  private final AtomicInteger asked = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;

  /// Starts the server.
  ///
  /// @param port of the loopback interface; 0 for any that is free
  public RagApp(int port) throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.setExecutor(threads);
    http.createContext("/answer", this::answer);
    http.start();
  }

  /// The address that questions are posted to.
  public URI uri() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/answer");
  }

  /// The number of questions received.
  public int asked() {
    return asked.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.incrementAndGet();
      var question = JSON.readTree(exchange.getRequestBody()).path("question").asString("");
      var reply = JSON.writeValueAsBytes(answer(question));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  /// Returns the best matching article, where a real application would call a model.
  private static Map<String, Object> answer(String question) {
    var words = words(question);
    var best = HANDBOOK.stream().max(Comparator.comparingInt(one -> one.shares(words)));
    var article = best.orElseThrow();
    return article.shares(words) == 0
        ? Map.of("answer", "I do not know.", "confidence", 0)
        : Map.of(
            "answer",
            article.text,
            "confidence",
            90,
            "model",
            "handbook",
            "sources",
            List.of(article.asSource()));
  }

  private static Set<String> words(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  /// Stops the server at once.
  @Override
  public void close() {
    http.stop(0);
    threads.close();
  }

  private record Article(String document, String title, String text) {

    int shares(Set<String> wanted) {
      return (int) words(title + " " + text).stream().filter(wanted::contains).count();
    }

    Map<String, Object> asSource() {
      return Map.of("document", document, "title", title, "passage", text);
    }
  }
}
