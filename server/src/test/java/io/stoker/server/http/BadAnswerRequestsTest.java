package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.stoker.server.RunningServer;
import io.stoker.server.RunningServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Invalid uploads and requests: each gets a clear problem and writes nothing.
class BadAnswerRequestsTest {

  private static final String MANUAL = "/api/admin/warming/queue/manual";
  private static final String UPLOAD = "/api/admin/warming/queue/upload";
  private static final String PREVIEW = "/api/admin/warming/queue/preview";
  private static final String BATCHES = "/api/admin/warming/batches/";
  private static final String ASK = "/api/answers/ask";
  private static final String DOCUMENTS = "/api/documents";

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_ANSWERS_SAMPLECORPUS", "false"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void assertNothingWritten() {
    assertThat(server.get("/api/admin/warming/queue").json().path("batches").isEmpty()).isTrue();
    assertThat(server.get(DOCUMENTS).json().path("documents").isEmpty()).isTrue();
    assertThat(server.get("/api/cache/stats").json().path("entries").asLong()).isZero();
  }

  private static void assertProblem(Answer answer, int status, String words) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.response().headers().firstValue("Content-Type"))
        .contains("application/problem+json");
    assertThat(answer.text("detail")).containsIgnoringCase(words).doesNotContain("Exception");
    assertThat(answer.text("code")).isNotEmpty();
    assertNothingWritten();
  }

  static Stream<Arguments> files() {
    return Stream.of(
        arguments("binary.txt", new byte[] {0, 1, 2, 3, 0, 5}, 400, "line 1"),
        arguments("picture.txt", new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}, 400, ""),
        arguments("utf-16.txt", "What is it?\n".getBytes(UTF_16LE), 400, "line 1"),
        arguments("utf-16-bom.txt", ("\uFEFF" + "What?\n").getBytes(UTF_16LE), 400, "line 1"),
        arguments("latin-1.txt", "Fine?\nWas ist größer?\n".getBytes(ISO_8859_1), 400, "line 2"),
        arguments(
            "truncated.txt",
            new byte[] {'O', 'k', '?', '\n', (byte) 0xE2, (byte) 0x82},
            400,
            "line 2"),
        arguments("overlong.txt", new byte[] {'a', (byte) 0xC0, (byte) 0x80}, 400, "line 1"),
        arguments(
            "surrogate.txt", new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, 400, "line 1"),
        arguments("zero.txt", "What\0ever?\n".getBytes(UTF_8), 400, "line 1"),
        arguments("empty.txt", new byte[0], 400, "at least one question"),
        arguments("blank.txt", "\n  \n\t\n".getBytes(UTF_8), 400, "at least one question"),
        arguments("comments.txt", "# one\n// two\n".getBytes(UTF_8), 400, "at least one question"),
        arguments("punctuation.txt", "???\n!!!\n".getBytes(UTF_8), 400, "at least one question"),
        arguments(
            "bom.txt",
            new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
            400,
            "at least one question"),
        arguments("one-line.txt", "x".repeat(5 << 20).getBytes(UTF_8), 400, "line 1"),
        arguments("long.txt", ("ok?\n" + "x".repeat(4001)).getBytes(UTF_8), 400, "line 2"),
        arguments("large.txt", ("x".repeat(3999) + "\n").repeat(2_800).getBytes(UTF_8), 413, ""),
        arguments(
            "comments-large.txt", "# nothing here\n".repeat(740_000).getBytes(UTF_8), 413, ""),
        arguments("many.txt", many(10_001), 400, "10"),
        arguments("program.exe", "What?\n".getBytes(UTF_8), 415, ".txt, .csv or .md"),
        arguments("sheet.xlsx", "What?\n".getBytes(UTF_8), 415, ".txt, .csv or .md"),
        arguments("paper.pdf", "%PDF-1.7".getBytes(UTF_8), 415, ".txt, .csv or .md"),
        arguments("noending", "What?\n".getBytes(UTF_8), 415, ".txt, .csv or .md"),
        arguments(".txt", "What?\n".getBytes(UTF_8), 415, ".txt, .csv or .md"));
  }

  private static byte[] many(int lines) {
    return String.join("\n", IntStream.range(0, lines).mapToObj(i -> "What is " + i + "?").toList())
        .getBytes(UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void a_bad_file_is_a_problem(String name, byte[] file, int status, String words) {
    assertProblem(server.upload(UPLOAD, name, file), status, words);
  }

  @ParameterizedTest
  @MethodSource("fields")
  void a_bad_field_is_a_problem(String field, String value, String words) {
    var answer = server.upload(UPLOAD, "fine.txt", "What?".getBytes(UTF_8), field, value);

    assertProblem(answer, 400, words);
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        arguments("duplicates", "maybe", "expected skip or keep, got \"maybe\""),
        arguments("only_stale", "perhaps", "expected true or false, got \"perhaps\""),
        arguments("name", "n".repeat(201), "at most 200 characters"),
        arguments("scope", "s".repeat(1001), "at most 1000 bytes"),
        arguments("color", "red", "color: unknown; expected one of"));
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        arguments(MANUAL, "", 400, "expected an array of questions, got none"),
        arguments(MANUAL, "{}", 400, "expected an array of questions, got none"),
        arguments(MANUAL, "[]", 400, "expected a JSON object, got an array"),
        arguments(MANUAL, "null", 400, "got null"),
        arguments(MANUAL, "\"What?\"", 400, "got text"),
        arguments(MANUAL, "{\"queries\": \"What?\"}", 400, "queries"),
        arguments(
            MANUAL, "{\"queries\": {\"a\": 1}}", 400, "queries: expected an array, got an object"),
        arguments(MANUAL, "{\"queries\": [1, 2]}", 400, "queries.0: expected text"),
        arguments(MANUAL, "{\"queries\": [\"a?\", true]}", 400, "queries.1"),
        arguments(
            MANUAL, "{\"queries\": [\"a?\", null]}", 400, "queries.1: expected text, got null"),
        arguments(
            MANUAL,
            "{\"queries\": [[\"a?\"]]}",
            400,
            "queries.0: expected text or an object with a question and its aliases, got an"
                + " array"),
        arguments(
            MANUAL,
            "{\"queries\": [{\"text\": \"a?\"}]}",
            400,
            "text: unknown; expected one of aliases"),
        arguments(MANUAL, "{\"queries\": [{}]}", 400, "queries.0.question: expected text"),
        arguments(
            MANUAL,
            "{\"queries\": [{\"question\": \"a?\", \"aliases\": \"b?\"}]}",
            400,
            "queries.0.aliases: expected"),
        arguments(
            MANUAL,
            "{\"queries\": [{\"question\": \"a?\", \"aliases\": [null]}]}",
            400,
            "queries.0.aliases.0: expected text, got null"),
        arguments(
            MANUAL,
            "{\"queries\": [\"a?\", {\"question\": \"b?\", \"aliases\": [\""
                + "x".repeat(4001)
                + "\"]}]}",
            422,
            "line 2"),
        arguments(
            MANUAL,
            "{\"queries\": [{\"question\": \"a?\", \"aliases\": ["
                + "\"x\",".repeat(20)
                + "\"y\"]}]}",
            422,
            "more than 20 other wordings"),
        arguments(MANUAL, "{\"queries\": []}", 422, "at least one question"),
        arguments(MANUAL, "{\"queries\": [\"\", \"  \", \"# x\"]}", 422, "at least one question"),
        arguments(MANUAL, "{\"queries\": [\"" + "x".repeat(4001) + "\"]}", 422, "line 1"),
        arguments(MANUAL, "{\"queries\": [\"a?\"], \"queries\": [\"b?\"]}", 400, "queries"),
        arguments(
            MANUAL,
            "{\"queries\": [\"a?\"], \"extra\": 1}",
            400,
            "extra: unknown; expected one of"),
        arguments(MANUAL, "{\"queries\": [\"a?\"]} tail", 400, "body"),
        arguments(MANUAL, "{\"queries\": [\"a?\"", 400, "not JSON"),
        arguments(MANUAL, "{\"queries\": [\"a?\"], \"options\": 5}", 400, "options"),
        arguments(MANUAL, "{\"queries\": [\"a?\"], \"options\": {\"colour\": 1}}", 400, "colour"),
        arguments(
            MANUAL,
            "{\"queries\": [\"a?\"], \"options\": {\"duplicates\": \"drop\"}}",
            400,
            "expected skip or keep"),
        arguments(
            MANUAL,
            "{\"queries\": [\"a?\"], \"options\": {\"only_stale\": \"yes\"}}",
            400,
            "only_stale: expected true or false"),
        arguments(MANUAL, "[".repeat(5000) + "]".repeat(5000), 400, "body"),
        arguments(PREVIEW, "{\"queries\": 7}", 400, "queries"),
        arguments(PREVIEW, "{\"queries\": [\"#\"]}", 422, "at least one question"),
        arguments(ASK, "", 400, "question: expected 1 to 4000 characters"),
        arguments(ASK, "{\"question\": \"  \"}", 400, "question: expected 1 to 4000 characters"),
        arguments(ASK, "{\"question\": 5}", 400, "question: expected text, got a number"),
        arguments(ASK, "{\"question\": \"" + "x".repeat(4001) + "\"}", 400, "got 4001"),
        arguments(
            ASK, "{\"question\": \"a?\", \"scope\": \"" + "x".repeat(201) + "\"}", 400, "scope"),
        arguments(DOCUMENTS, "{}", 400, "neither"),
        arguments(DOCUMENTS, "{\"text\": [\"a\"]}", 400, "text: expected text, got an array"),
        arguments(DOCUMENTS, "{\"title\": \"Empty\"}", 400, "text: expected some text"),
        arguments(DOCUMENTS, "{\"id\": \"../up\", \"text\": \"x\"}", 400, "id: expected"),
        arguments(
            DOCUMENTS, "{\"title\": \"" + "x".repeat(201) + "\", \"text\": \"x\"}", 400, "title"),
        arguments(BATCHES + "1/pause", "", 404, "There is no batch 1"),
        arguments(BATCHES + "one/pause", "", 404, "There is no batch one"),
        arguments(BATCHES + "99999999999999999999/cancel", "", 404, "There is no batch"),
        arguments(
            BATCHES + "1/retry", "{\"which\": \"some\"}", 400, "expected failed, skipped or both"),
        arguments(BATCHES + "1/pause", "{\"which\": \"failed\"}", 400, "for retries only"),
        arguments(
            BATCHES + "1/pause", "{\"reason\": \"" + "x".repeat(501) + "\"}", 400, "at most 500"),
        arguments(BATCHES + "1/queries", "{\"queries\": [\"a?\"]}", 404, "There is no batch 1"),
        arguments("/api/admin/warming/queries/1/retry", "", 404, "There is no query 1"));
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("bodies")
  void a_bad_body_is_a_problem(String path, String body, int status, String words) {
    assertProblem(server.post(path, body), status, words);
  }

  static Stream<Arguments> types() {
    return Stream.of(
        arguments(MANUAL, "text/plain", "What?", 415, "application/json"),
        arguments(MANUAL, "multipart/form-data; boundary=x", "--x--", 415, "application/json"),
        arguments(
            UPLOAD, "application/json", "{\"queries\": [\"a?\"]}", 415, "multipart/form-data"),
        arguments(UPLOAD, "text/plain", "What?", 415, "multipart/form-data"),
        arguments(UPLOAD, "multipart/form-data", "What?", 400, "form"),
        arguments(UPLOAD, "multipart/form-data; boundary=x", "What?", 400, ""),
        arguments(UPLOAD, "multipart/form-data; boundary=x", "--x--\r\n", 400, "file"),
        arguments(
            UPLOAD,
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nCut off",
            400,
            ""),
        arguments(DOCUMENTS, "application/pdf", "%PDF-1.7", 415, "application/json"),
        arguments(PREVIEW, "application/xml", "<a/>", 415, "application/json"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("types")
  void a_body_of_another_kind_is_a_problem(
      String path, String type, String body, int status, String words) {
    var answer =
        server.send(
            server.request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)));

    assertProblem(answer, status, words);
  }

  static Stream<Arguments> questions() {
    return Stream.of(
        arguments("/api/admin/warming/queue?status=done", 400, "expected one of pending, running"),
        arguments("/api/admin/warming/queue?limit=0", 400, "expected 1 to 1000, got 0"),
        arguments("/api/admin/warming/queue?cursor=x", 400, "expected a whole number"),
        arguments("/api/admin/warming/queue?sort=name", 400, "sort: unknown; expected one of"),
        arguments(BATCHES + "7", 404, "There is no batch 7"),
        arguments(BATCHES + "7/queries", 404, "There is no batch 7"),
        arguments(BATCHES + "-1", 404, "There is no batch -1"),
        arguments("/api/admin/warming/queries/x", 404, "There is no query x"),
        arguments("/api/cache/stats?window=99999h", 400, "expected at most 30d"),
        arguments("/api/cache/entries?limit=501", 400, "expected 1 to 500"),
        arguments("/api/documents/none", 404, "There is no document none"));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void a_bad_question_is_a_problem(String path, int status, String words) {
    assertProblem(server.get(path), status, words);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void a_bad_document_is_a_problem(String name, byte[] content, int status, String words) {
    assertProblem(server.upload(DOCUMENTS, name, content), status, words);
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        arguments("a.exe", new byte[] {'M', 'Z', 0}, 415, ""),
        arguments("latin.md", "größer".getBytes(ISO_8859_1), 400, "UTF-8"),
        arguments("empty.txt", new byte[0], 400, ""),
        arguments("broken.pdf", "%PDF-1.7 and no more".getBytes(UTF_8), 400, "PDF"));
  }
}
