package io.stoker.server.http;

import io.stoker.answers.BatchOptions;
import io.stoker.answers.QuestionList;
import io.stoker.answers.QuestionList.WordedQuestion;
import io.stoker.answers.QuestionListReader;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.wire.AnswerWire.NewQuestion;
import io.stoker.server.wire.AnswerWire.Options;
import io.stoker.server.wire.AnswerWire.Questions;
import io.stoker.server.wire.InvalidValueException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.web.servlet.function.ServerRequest;

/// The questions in a request body, and the options of their batch. Files are held in memory while
/// they are read, and never stored.
record QuestionUpload(QuestionList list, BatchOptions options) {

  private static final Pattern FILE = Pattern.compile("(?i)\\A.+\\.(txt|csv|md)");
  private static final Pattern TEXT = Pattern.compile("(?i)text/plain(\\s*;.*)?");
  private static final Set<String> FIELDS = Set.of("name", "scope", "duplicates", "only_stale");

  /// JSON is larger than the questions in it because of escapes and quotation marks.
  private static final int JSON_OVERHEAD = 2;

  private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

  /// Reads a JSON object.
  static QuestionUpload json(ServerRequest request, AnswerServices answers) throws IOException {
    var limits = answers.limits();
    var body =
        JsonBody.read(
            request, Questions.class, new Questions(null, null), limits.bytes() * JSON_OVERHEAD);
    var options = (body.options() == null ? Options.NONE : body.options()).options();
    var questions = questions(body);
    var list =
        answers
            .uploadThreads()
            .run(() -> QuestionListReader.ofWorded(questions, limits, options.keepDuplicates()));
    return new QuestionUpload(list, options);
  }

  private static List<WordedQuestion> questions(Questions body) {
    var queries = body.queries();
    if (queries == null) {
      throw new InvalidValueException("queries", "expected an array of questions, got none");
    }
    var questions = new ArrayList<WordedQuestion>();
    for (var query : queries) {
      var place = "queries." + questions.size();
      if (query == null) {
        throw new InvalidValueException(place, "expected text, got null");
      }
      if (query.question() == null) {
        throw new InvalidValueException(place + ".question", "expected text, got none");
      }
      questions.add(new WordedQuestion(query.question(), aliases(query, place)));
    }
    return questions;
  }

  private static List<String> aliases(NewQuestion question, String place) {
    var aliases = new ArrayList<String>();
    for (var alias : question.aliases() == null ? List.<String>of() : question.aliases()) {
      if (alias == null) {
        throw new InvalidValueException(
            place + ".aliases." + aliases.size(), "expected text, got null");
      }
      aliases.add(alias);
    }
    return aliases;
  }

  /// Reads a form with a file.
  static QuestionUpload form(ServerRequest request, AnswerServices answers) throws IOException {
    return MultipartForm.read(
        request,
        FIELDS,
        (name, content, fields) -> {
          if (!FILE.matcher(name).matches()) {
            throw MultipartForm.wrongType(
                "a file whose name ends with .txt, .csv or .md", "\"" + name + "\"");
          }
          var options = options(fields);
          return read(content, answers, options);
        });
  }

  private static BatchOptions options(Map<String, String> fields) {
    return new Options(
            fields.get("name"), fields.get("scope"), fields.get("duplicates"), onlyStale(fields))
        .options();
  }

  private static boolean onlyStale(Map<String, String> fields) {
    var text = fields.getOrDefault("only_stale", "false");
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new InvalidValueException(
              "only_stale", "expected true or false, got \"" + text + "\"");
    };
  }

  /// Reads a form with a file, or a JSON object.
  static QuestionUpload formOrJson(ServerRequest request, AnswerServices answers)
      throws IOException {
    return MultipartForm.isForm(request) ? form(request, answers) : json(request, answers);
  }

  /// Reads plain text, a form with a file, or a JSON object.
  static QuestionUpload any(ServerRequest request, AnswerServices answers) throws IOException {
    if (TEXT.matcher(MultipartForm.type(request)).matches()) {
      var text = request.servletRequest().getInputStream();
      return read(text, answers, BatchOptions.STANDARD);
    }
    return formOrJson(request, answers);
  }

  /// Reads up to the maximum size at the client's pace, then parses on the limited worker threads,
  /// so that slow clients do not occupy one.
  private static QuestionUpload read(
      InputStream content, AnswerServices answers, BatchOptions options) throws IOException {
    var limits = answers.limits();
    var bytes = content.readNBytes((int) Math.min(limits.bytes() + 1, MOST_BYTES));
    var list =
        answers
            .uploadThreads()
            .run(() ->
                QuestionListReader.read(
                    new ByteArrayInputStream(bytes), limits, options.keepDuplicates()));
    return new QuestionUpload(list, options);
  }
}
