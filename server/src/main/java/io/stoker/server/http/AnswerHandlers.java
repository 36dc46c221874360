package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.answers.AnswerQueue;
import io.stoker.answers.Batch;
import io.stoker.answers.BatchAction;
import io.stoker.answers.BatchState;
import io.stoker.answers.QuestionState;
import io.stoker.answers.Submission;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.AnswerWire.Move;
import io.stoker.server.wire.AnswerWire.Rules;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.TextLimits;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers for batches of questions: queue, read, pause and cancel them, and change their
/// settings. Thread-safe.
public final class AnswerHandlers {

  private static final String PLACE = "/api/admin/warming";
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 1000;
  private static final int LONGEST_REASON = 500;
  private static final int LONGEST_KEY = 200;
  private static final Move NO_MOVE = new Move(null, null);

  private final AnswerServices answers;
  private final Time time;

  public AnswerHandlers(AnswerServices answers, Time time) {
    this.answers = answers;
    this.time = time;
  }

  // --- queue ---

  ServerResponse preview(ServerRequest request) throws IOException {
    var upload = QuestionUpload.any(request, answers);
    return JsonBody.ok(AnswerWire.Preview.of(upload.list()));
  }

  ServerResponse submit(ServerRequest request) throws IOException {
    return submit(QuestionUpload.json(request, answers), request);
  }

  ServerResponse upload(ServerRequest request) throws IOException {
    return submit(QuestionUpload.form(request, answers), request);
  }

  private ServerResponse submit(QuestionUpload upload, ServerRequest request) {
    var key = idempotencyKey(request);
    if (key == null || answers.store().queue().submitted(key).isEmpty()) {
      requireRoom(1, upload);
    }
    var submission =
        new Submission(upload.list().questions(), upload.list().wordings(), upload.options(), key);
    var batch = answers.store().queue().submit(submission);
    answers.notifyChanged();
    return JsonBody.response(
        ServerResponse.created(place(batch)),
        AnswerWire.Queued.of(batch, upload.list(), time.now()));
  }

  private static @Nullable String idempotencyKey(ServerRequest request) {
    var key = request.headers().firstHeader("Idempotency-Key");
    if (key != null && (key.isBlank() || key.length() > LONGEST_KEY)) {
      throw new InvalidValueException(
          "Idempotency-Key",
          "expected 1 to " + LONGEST_KEY + " characters, got " + key.strip().length());
    }
    return key == null ? null : TextLimits.checked("Idempotency-Key", key);
  }

  ServerResponse add(ServerRequest request) throws IOException {
    var queue = answers.store().queue();
    var known = batch(queue, request);
    var upload = QuestionUpload.formOrJson(request, answers);
    requireRoom(known, upload);
    requireRoom(0, upload);
    var batch =
        queue
            .add(known.id(), upload.list().questions(), upload.list().wordings())
            .orElseThrow(() -> unknown("batch", request));
    answers.notifyChanged();
    return JsonBody.response(
        ServerResponse.created(place(batch)),
        AnswerWire.Queued.of(batch, upload.list(), time.now()));
  }

  /// Not atomic: concurrent requests may together exceed a quota.
  private void requireRoom(int batches, QuestionUpload upload) {
    var quotas = answers.quotas();
    var open = answers.store().queue().open().all();
    if (open.batches() + batches > quotas.openBatches()) {
      throw full("batches", quotas.openBatches(), open.batches());
    }
    if (open.counts().open() + upload.list().questions().size() > quotas.openQuestions()) {
      throw full("open questions", quotas.openQuestions(), open.counts().open());
    }
  }

  private static ProblemException full(String what, long most, long now) {
    return new ProblemException(
        HttpStatus.TOO_MANY_REQUESTS,
        "queue-full",
        "expected at most %d %s in the queue, which has %d. Wait until some have ended, or"
                .formatted(most, what, now)
            + " cancel some");
  }

  private void requireRoom(Batch batch, QuestionUpload upload) {
    long total = batch.counts().total() + upload.list().questions().size();
    if (total > answers.limits().questions()) {
      throw new ProblemException(
          HttpStatus.UNPROCESSABLE_CONTENT,
          "too-many",
          "expected at most "
              + answers.limits().questions()
              + " questions in a batch, but it would have "
              + total
              + ". Queue another batch");
    }
  }

  // --- read ---

  ServerResponse batches(ServerRequest request) {
    var query = QueryParameters.of(request, "status", "limit", "cursor");
    var state = query.oneOf("status", List.of(BatchState.values()), BatchState::label);
    var page =
        answers
            .store()
            .queue()
            .batches(
                state,
                (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                query.number("cursor"));
    return JsonBody.ok(
        AnswerWire.Batches.of(page, answers.worker().status().waiting(), time.now()));
  }

  ServerResponse batch(ServerRequest request) {
    var queue = answers.store().queue();
    var batch = batch(queue, request);
    return JsonBody.ok(
        AnswerWire.BatchPage.of(
            batch, answers.worker().status().waiting(), queue.history(batch.id()), time.now()));
  }

  ServerResponse queries(ServerRequest request) {
    var query = QueryParameters.of(request, "status", "limit", "cursor");
    var state = query.oneOf("status", List.of(QuestionState.values()), QuestionState::label);
    var queue = answers.store().queue();
    var batch = batch(queue, request);
    var page =
        queue.questions(
            batch.id(),
            state,
            (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
            query.number("cursor"));
    return JsonBody.ok(AnswerWire.Queries.of(page));
  }

  ServerResponse query(ServerRequest request) {
    var queue = answers.store().queue();
    var query = queue.question(id(request, "query")).orElseThrow(() -> unknown("query", request));
    var scope = queue.batch(query.batchId()).map(batch -> batch.options().scope()).orElse("");
    var answer = answers.cache().find(query.text(), scope).orElse(null);
    return JsonBody.ok(AnswerWire.QueryPage.of(query, answer));
  }

  // --- change ---

  ServerResponse pause(ServerRequest request) throws IOException {
    return move(request, BatchAction.PAUSE);
  }

  ServerResponse resume(ServerRequest request) throws IOException {
    var resumed = move(request, BatchAction.RESUME);
    answers.worker().tryNow();
    return resumed;
  }

  ServerResponse tryNow(ServerRequest request) {
    QueryParameters.of(request);
    answers.worker().tryNow();
    return JsonBody.ok(
        new AnswerWire.Held(
            AnswerWire.Waiting.of(answers.worker().status().waiting(), time.now())));
  }

  ServerResponse cancel(ServerRequest request) throws IOException {
    return move(request, BatchAction.CANCEL);
  }

  private ServerResponse move(ServerRequest request, BatchAction action) throws IOException {
    var wish = JsonBody.read(request, Move.class, NO_MOVE);
    if (wish.which() != null) {
      throw new InvalidValueException("which", "is for retries only");
    }
    return move(request, action, wish);
  }

  ServerResponse retry(ServerRequest request) throws IOException {
    var wish = JsonBody.read(request, Move.class, NO_MOVE);
    var action =
        switch (wish.which()) {
          case null -> BatchAction.RETRY_ALL;
          case "both" -> BatchAction.RETRY_ALL;
          case "failed" -> BatchAction.RETRY_FAILED;
          case "skipped" -> BatchAction.RETRY_SKIPPED;
          default ->
              throw new InvalidValueException(
                  "which", "expected failed, skipped or both, got \"" + wish.which() + "\"");
        };
    return move(request, action, wish);
  }

  private ServerResponse move(ServerRequest request, BatchAction action, Move wish) {
    var batch =
        answers
            .store()
            .queue()
            .apply(id(request, "batch"), action, reason(wish))
            .orElseThrow(() -> unknown("batch", request));
    answers.batchesChanged();
    return JsonBody.ok(AnswerWire.Batch.of(batch, time.now()));
  }

  private static String reason(Move wish) {
    var reason = wish.reason() == null ? "" : wish.reason().strip();
    if (reason.length() > LONGEST_REASON) {
      throw new InvalidValueException(
          "reason", "expected at most " + LONGEST_REASON + " characters, got " + reason.length());
    }
    return reason;
  }

  ServerResponse retryQuery(ServerRequest request) {
    var query =
        answers
            .store()
            .queue()
            .retry(id(request, "query"))
            .orElseThrow(() -> unknown("query", request));
    answers.notifyChanged();
    return JsonBody.ok(AnswerWire.Query.of(query));
  }

  ServerResponse deleteQuery(ServerRequest request) {
    return deleted(answers.store().queue().deleteQuestion(id(request, "query")), "query", request);
  }

  ServerResponse deleteBatch(ServerRequest request) {
    return deleted(answers.store().queue().deleteBatch(id(request, "batch")), "batch", request);
  }

  private ServerResponse deleted(boolean done, String what, ServerRequest request) {
    if (!done) {
      throw unknown(what, request);
    }
    answers.batchesChanged();
    return ServerResponse.noContent().build();
  }

  // --- settings ---

  ServerResponse settings(ServerRequest request) {
    QueryParameters.of(request);
    return JsonBody.ok(Rules.of(answers.settings().get()));
  }

  ServerResponse setSettings(ServerRequest request) throws IOException {
    var settings = answers.settings();
    var rules = JsonBody.merge(request, Rules.of(settings.get()), Rules.class);
    settings.put(rules.settings());
    answers.notifyChanged();
    return JsonBody.ok(Rules.of(settings.get()));
  }

  // --- shared ---

  static Batch batch(AnswerQueue queue, ServerRequest request) {
    return queue.batch(id(request, "batch")).orElseThrow(() -> unknown("batch", request));
  }

  private static long id(ServerRequest request, String what) {
    try {
      return Long.parseLong(request.pathVariable("id"));
    } catch (NumberFormatException _) {
      throw unknown(what, request);
    }
  }

  private static ProblemException unknown(String what, ServerRequest request) {
    return Problems.unknown(what, request.pathVariable("id"));
  }

  private static URI place(Batch batch) {
    return URI.create(PLACE + "/batches/" + batch.id());
  }
}
