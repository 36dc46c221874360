package io.stoker.server.cli;

import io.stoker.TextRules;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The `answers` commands, which call a running server.
@Command(
    addMethodSubcommands = false,
    name = "answers",
    description = "Answers to questions, warmed by a running server.")
final class AnswersCommand {

  private static final int NAME_WIDTH = 30;
  private static final int MOST_QUESTIONS = 1000;
  private static final String STANDARD_INPUT = "-";

  private final Terminal terminal;

  AnswersCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(name = "submit", description = "Queues the questions in a file, one per line.")
  void submit(
      @Mixin ServerOptions server,
      @Parameters(
              paramLabel = "FILE",
              description = "A .txt, .csv or .md file, or - for standard input.")
          String file,
      @Option(names = "--name", paramLabel = "TEXT", description = "The name of the batch.")
          @Nullable String name,
      @Option(names = "--scope", paramLabel = "TEXT", description = "The scope of the questions.")
          @Nullable String scope,
      @Option(names = "--only-stale", description = "Skip questions with a fresh answer.")
          boolean onlyStale) {
    boolean isStandardInput = file.equals(STANDARD_INPUT);
    var fields = new LinkedHashMap<String, String>();
    put(fields, "name", name == null && !isStandardInput ? fileName(file) : name);
    put(fields, "scope", scope);
    put(fields, "only_stale", onlyStale ? "true" : null);
    try (var content = isStandardInput ? terminal.in() : Files.newInputStream(Path.of(file))) {
      var fileName = isStandardInput ? "questions.txt" : fileName(file);
      submit(server, fields, fileName, content);
    } catch (IOException e) {
      throw new InvalidValueException(
          "FILE", "expected a readable file, got \"" + file + "\" (" + e + ")");
    }
  }

  private void submit(
      ServerOptions server, Map<String, String> fields, String fileName, InputStream content) {
    server.call(terminal, client -> client.upload(fields, fileName, content), this::printSubmitted);
  }

  private static String fileName(String file) {
    var last = Path.of(file).getFileName();
    return last == null ? file : last.toString().replace("\"", "'");
  }

  private void printSubmitted(JsonNode batch) {
    var out = terminal.out();
    long skipped = batch.path("skipped_lines_total").asLong();
    out.printf(
        "Batch %d: %d questions queued%s.%n",
        batch.path("batch_id").asLong(),
        batch.path("total").asLong(),
        skipped == 0 ? "" : ", " + skipped + " lines skipped");
    batch
        .path("skipped_lines")
        .forEach(line ->
            out.printf(
                "  line %d %s: %s%n",
                line.path("line").asLong(),
                line.path("reason").asString(),
                line.path("text").asString()));
    out.printf("Watch it: stoker answers watch %d%n", batch.path("batch_id").asLong());
  }

  @Command(name = "queue", description = "Lists batches, newest first.")
  void queue(
      @Mixin ServerOptions server,
      @Option(
              names = "--status",
              paramLabel = "STATUS",
              description =
                  "Only batches that are pending, running, paused, completed,"
                      + " completed_with_errors or cancelled.")
          @Nullable String status,
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "Maximum number of batches (${DEFAULT-VALUE}).",
              defaultValue = "20")
          int limit) {
    server.call(
        terminal,
        client -> client.get("queue?limit=" + limit + statusFilter(status)),
        this::printQueue);
  }

  private static String statusFilter(@Nullable String status) {
    return status == null ? "" : "&status=" + ServerClient.encoded(status);
  }

  private void printQueue(JsonNode queue) {
    var out = terminal.out();
    var batches = queue.path("batches");
    if (batches.isEmpty()) {
      out.println("No batches.");
      return;
    }
    out.printf("%6s  %-21s %15s %7s  %s%n", "batch", "status", "done", "failed", "name");
    batches.forEach(batch ->
        out.printf(
            "%6d  %-21s %15s %7d  %s%n",
            batch.path("id").asLong(),
            batch.path("status").asString(),
            batch.path("processed").asLong() + "/" + batch.path("total").asLong(),
            batch.path("failed").asLong(),
            TextRules.truncated(TextRules.escaped(batch.path("name").asString()), NAME_WIDTH)));
    printWaiting(out, queue.path("waiting"));
  }

  @Command(name = "show", description = "Shows a batch and its questions.")
  void show(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "The batch's number.") long id,
      @Option(
              names = "--status",
              paramLabel = "STATUS",
              description =
                  "Only questions that are pending, processing, completed, failed, skipped or"
                      + " cancelled.")
          @Nullable String status) {
    try (var client = server.client(terminal)) {
      var batch = client.get("batches/" + id);
      var questions =
          client
              .get("batches/" + id + "/queries?limit=" + MOST_QUESTIONS + statusFilter(status))
              .json()
              .path("queries");
      if (server.json()) {
        terminal.out().println("{\"batch\":" + batch.text() + ",\"queries\":" + questions + "}");
      } else {
        printWithHistory(batch.json());
        questions.forEach(this::printQuestion);
      }
    }
  }

  private void printWithHistory(JsonNode batch) {
    printBatch(terminal.out(), batch);
    printWaiting(terminal.out(), batch.path("waiting"));
    batch
        .path("history")
        .forEach(change -> {
          var reason = change.path("reason").asString();
          terminal
              .out()
              .printf(
                  "  %s  %s%s%n",
                  change.path("at").asString(),
                  change.path("what").asString(),
                  reason.isEmpty() ? "" : ": " + reason);
        });
  }

  private void printQuestion(JsonNode question) {
    var outcome = question.path("outcome");
    var error = question.path("error");
    terminal
        .out()
        .printf(
            "%8d  %-10s %-14s %s%s%n",
            question.path("id").asLong(),
            question.path("status").asString(),
            outcome.isNull() ? "" : outcome.asString(),
            question.path("text").asString(),
            error.isNull() ? "" : "  (" + error.asString() + ")");
  }

  @Command(
      name = "watch",
      description = "Follows a batch to its end.",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:it completed",
        "1:some questions failed, or it was cancelled or deleted",
        "2:invalid arguments",
        "3:the server or its database is not reachable"
      })
  int watch(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "The batch's number.") long id) {
    var last = follow(server, id);
    if (last == null) {
      throw new CommandException(
          ExitCode.SOURCE_UNREACHABLE,
          "server-unreachable",
          "The connection to the server was lost. The batch continues when the server runs again");
    }
    if (!server.json()) {
      printBatch(terminal.out(), last);
    }
    var exitCode =
        last.path("status").asString().equals("completed") ? ExitCode.OK : ExitCode.BELOW_TARGET;
    return exitCode.number();
  }

  /// The batch in its last event; null if the stream breaks off.
  private @Nullable JsonNode follow(ServerOptions server, long id) {
    try (var client = server.client(terminal);
        var lines = client.events("progress?batch_id=" + id);
        var progress = new BatchProgressPrinter(terminal, server.json())) {
      return progress.follow(lines.iterator());
    }
  }

  @Command(name = "pause", description = "Pauses a batch. Questions in progress are finished.")
  void pause(@Mixin ServerOptions server, @Mixin Change change) {
    change(server, change, "pause");
  }

  @Command(name = "resume", description = "Resumes a paused batch.")
  void resume(@Mixin ServerOptions server, @Mixin Change change) {
    change(server, change, "resume");
  }

  @Command(name = "cancel", description = "Cancels the unanswered questions of a batch.")
  void cancel(@Mixin ServerOptions server, @Mixin Change change) {
    change(server, change, "cancel");
  }

  @Command(name = "retry", description = "Retries failed, skipped and cancelled questions.")
  void retry(@Mixin ServerOptions server, @Mixin Change change) {
    change(server, change, "retry");
  }

  /// The arguments of commands that change a batch.
  static final class Change {

    @Parameters(paramLabel = "ID", description = "The batch's number.")
    private long id;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "A reason for the batch's history.")
    private @Nullable String reason;
  }

  private void change(ServerOptions server, Change change, String verb) {
    var reason = change.reason == null ? Map.of() : Map.of("reason", change.reason);
    server.call(
        terminal,
        client -> client.post("batches/" + change.id + "/" + verb, reason),
        batch -> printBatch(terminal.out(), batch));
  }

  @Command(
      name = "delete",
      description = "Deletes a batch and its questions. Cached answers are kept.")
  void delete(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "The batch's number.") long id) {
    try (var client = server.client(terminal)) {
      client.delete("batches/" + id);
      terminal
          .out()
          .println(server.json() ? "{\"deleted\":" + id + "}" : "Batch " + id + " is deleted.");
    }
  }

  @Command(name = "try", description = "Retries an unavailable or rate-limited pipeline now.")
  void tryNow(@Mixin ServerOptions server) {
    server.call(
        terminal,
        client -> client.post("queue/try", Map.of()),
        reply -> {
          var waited = reply.path("waiting");
          terminal
              .out()
              .println(
                  waited.isNull()
                      ? "The queue is not waiting."
                      : "Retrying the pipeline now. Before: "
                          + waited.path("message").asString()
                          + ".");
        });
  }

  @Command(name = "ask", description = "Asks a question as a user would.")
  void ask(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "QUESTION", description = "The question, in quotation marks.")
          String question,
      @Option(names = "--scope", paramLabel = "TEXT", description = "The scope of the question.")
          @Nullable String scope) {
    var body = new HashMap<String, String>();
    body.put("question", question);
    put(body, "scope", scope);
    server.call(terminal, client -> client.post("/api/answers/ask", body), this::printAnswer);
  }

  private void printAnswer(JsonNode reply) {
    var out = terminal.out();
    out.println(reply.path("answer").asString());
    out.println();
    out.printf(
        "%s, confidence %d of 100, by %s%n",
        reply.path("cached").asBoolean()
            ? "From the cache, " + reply.path("age").asString() + " old"
            : "Fresh",
        reply.path("confidence").asLong(),
        reply.path("model").asString());
    if (!reply.path("matched").isNull()) {
      out.printf("Matched: %s%n", reply.path("matched").asString());
    }
    reply
        .path("sources")
        .forEach(source ->
            out.printf(
                "Source: %s (%s)%n",
                source.path("title").asString(), source.path("document").asString()));
  }

  private static void put(Map<String, String> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static void printBatch(PrintStream out, JsonNode batch) {
    var reason = batch.path("reason").asString();
    out.printf(
        "Batch %d is %s: %d of %d done (%d completed, %d failed, %d skipped, %d cancelled)%s%n",
        batch.path("id").asLong(),
        batch.path("status").asString(),
        batch.path("processed").asLong(),
        batch.path("total").asLong(),
        batch.path("completed").asLong(),
        batch.path("failed").asLong(),
        batch.path("skipped").asLong(),
        batch.path("cancelled").asLong(),
        reason.isEmpty() ? "" : " - " + reason);
  }

  /// Prints why the queue is waiting.
  ///
  /// @param waiting null or missing if it is not
  static void printWaiting(PrintStream out, JsonNode waiting) {
    if (waiting.isObject()) {
      out.println("Waiting: " + waiting.path("message").asString() + ".");
    }
  }
}
