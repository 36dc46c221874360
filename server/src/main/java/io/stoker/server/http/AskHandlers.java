package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.answers.AnswerCache.Reply;
import io.stoker.answers.BatchOptions;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.wire.AnswerWire.Ask;
import io.stoker.server.wire.CacheWire;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers that answer users' questions and manage the cache of answers. Thread-safe.
public final class AskHandlers {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 500;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration LONGEST_WINDOW = Duration.ofDays(30);

  private final AnswerServices answers;
  private final Consumer<Reply> observer;
  private final Time time;

  /// @param observer is notified of every reply
  public AskHandlers(AnswerServices answers, Consumer<Reply> observer, Time time) {
    this.answers = answers;
    this.observer = observer;
    this.time = time;
  }

  ServerResponse ask(ServerRequest request) throws IOException {
    var body = JsonBody.read(request, Ask.class, new Ask(null, null));
    var question = question(body.question(), answers.limits().characters());
    var scope = Ownership.scope(request, scope(body.scope()));
    try {
      var reply = answers.cache().ask(question, scope);
      observer.accept(reply);
      return JsonBody.ok(CacheWire.Reply.of(reply));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new ProblemException(
          HttpStatus.SERVICE_UNAVAILABLE, "stopping", "The server is stopping. Ask again");
    }
  }

  private static String question(@Nullable String text, int longest) {
    var question = text == null ? "" : text.strip();
    if (question.isEmpty() || question.length() > longest) {
      throw new InvalidValueException(
          "question", "expected 1 to " + longest + " characters, got " + question.length());
    }
    return question;
  }

  private static String scope(@Nullable String text) {
    var scope = text == null ? "" : text.strip();
    if (scope.length() > BatchOptions.MAX_LENGTH) {
      throw new InvalidValueException(
          "scope",
          "expected at most " + BatchOptions.MAX_LENGTH + " characters, got " + scope.length());
    }
    return scope;
  }

  // --- the cache ---

  ServerResponse stats(ServerRequest request) {
    var window = window(QueryParameters.of(request, "window"));
    var now = time.now();
    var totals = answers.store().entries().totals(now.minus(window), now);
    return JsonBody.ok(CacheWire.CacheStats.of(window, totals));
  }

  ServerResponse entries(ServerRequest request) {
    var query = QueryParameters.of(request, "search", "scope", "limit", "cursor");
    var search = query.text("search");
    var page =
        answers
            .store()
            .entries()
            .list(
                search == null ? "" : search,
                query.text("scope"),
                (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                query.number("cursor"));
    return JsonBody.ok(CacheWire.Entries.of(page));
  }

  ServerResponse top(ServerRequest request) {
    var query = QueryParameters.of(request, "window", "limit");
    var top =
        answers
            .store()
            .entries()
            .top(
                time.now().minus(window(query)),
                (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT));
    return JsonBody.ok(Map.of("questions", top.stream().map(CacheWire.Top::of).toList()));
  }

  private static Duration window(QueryParameters query) {
    var window = query.duration("window");
    if (window == null) {
      return DAY;
    }
    if (!window.isPositive() || window.compareTo(LONGEST_WINDOW) > 0) {
      throw new InvalidValueException(
          "window",
          "expected at most "
              + DurationFormat.format(LONGEST_WINDOW)
              + ", got "
              + DurationFormat.format(window));
    }
    return window;
  }

  ServerResponse forget(ServerRequest request) {
    var query = QueryParameters.of(request, "document", "scope", "question", "all");
    var document = query.text("document");
    var scope = query.text("scope");
    var question = query.text("question");
    boolean all = "true".equals(query.text("all"));
    if (!all && document == null && scope == null && question == null) {
      throw new InvalidValueException(
          "query", "expected at least one of document, scope and question, or all=true");
    }
    var deleted = answers.cache().invalidate(document, scope, question);
    return JsonBody.ok(Map.of("deleted", deleted));
  }
}
