package io.stoker.server.http;

import io.stoker.answers.BatchOptions;
import io.stoker.answers.QuestionList;
import io.stoker.answers.QuestionList.Worded;
import io.stoker.server.AnswerWire.NewQuestion;
import io.stoker.server.AnswerWire.Options;
import io.stoker.server.AnswerWire.Questions;
import io.stoker.server.BadValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.web.servlet.function.ServerRequest;

/// The questions that a request carries, and how they are to be answered.
///
/// Files are read as they come in and never kept.
///
/// @param list the questions, and the lines left out
/// @param options how they are to be answered
record QuestionUpload(QuestionList list, BatchOptions options) {

  private static final Pattern FILE = Pattern.compile("(?i).+\\.(txt|csv|md)");
  private static final Pattern TEXT = Pattern.compile("(?i)text/plain(\\s*;.*)?");
  private static final Set<String> FIELDS = Set.of("name", "scope", "duplicates", "only_stale");

  /// JSON takes more room than the questions in it, for escapes and quotation marks.
  private static final int JSON_SHARE = 2;

  /// From a JSON object.
  static QuestionUpload json(ServerRequest request, QuestionList.Limits limits) throws IOException {
    var body =
        Body.read(request, Questions.class, new Questions(null, null), limits.bytes() * JSON_SHARE);
    var options = (body.options() == null ? Options.NONE : body.options()).options();
    var list = QuestionList.ofWorded(questions(body), limits, options.keepDuplicates());
    return new QuestionUpload(list, options);
  }

  private static List<Worded> questions(Questions body) {
    var queries = body.queries();
    if (queries == null) {
      throw new BadValue("queries", "wanted an array of questions, but came none");
    }
    var questions = new ArrayList<Worded>();
    for (var query : queries) {
      var place = "queries." + questions.size();
      if (query == null) {
        throw new BadValue(place, "wanted text, but came null");
      }
      if (query.question() == null) {
        throw new BadValue(place + ".question", "wanted text, but came none");
      }
      questions.add(new Worded(query.question(), aliases(query, place)));
    }
    return questions;
  }

  private static List<String> aliases(NewQuestion question, String place) {
    var aliases = new ArrayList<String>();
    for (var alias : question.aliases() == null ? List.<String>of() : question.aliases()) {
      if (alias == null) {
        throw new BadValue(place + ".aliases." + aliases.size(), "wanted text, but came null");
      }
      aliases.add(alias);
    }
    return aliases;
  }

  /// From a form with a file.
  static QuestionUpload form(ServerRequest request, QuestionList.Limits limits) throws IOException {
    return Form.read(
        request,
        FIELDS,
        (name, content, fields) -> {
          if (!FILE.matcher(name).matches()) {
            throw Form.wrongType(
                "a file whose name ends with .txt, .csv or .md", "\"" + name + "\"");
          }
          var options = options(fields);
          return new QuestionUpload(
              QuestionList.read(content, limits, options.keepDuplicates()), options);
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
          throw new BadValue("only_stale", "wanted true or false, but came \"" + text + "\"");
    };
  }

  /// From a form with a file or a JSON object, whichever it is.
  static QuestionUpload formOrJson(ServerRequest request, QuestionList.Limits limits)
      throws IOException {
    return Form.isForm(request) ? form(request, limits) : json(request, limits);
  }

  /// From plain text, a form with a file, or a JSON object.
  static QuestionUpload any(ServerRequest request, QuestionList.Limits limits) throws IOException {
    if (TEXT.matcher(Form.type(request)).matches()) {
      var text = request.servletRequest().getInputStream();
      return new QuestionUpload(QuestionList.read(text, limits, false), BatchOptions.STANDARD);
    }
    return formOrJson(request, limits);
  }
}
