package io.stoker.server.http;

import io.stoker.CpuWorkPool;
import io.stoker.answers.BatchOptions;
import io.stoker.answers.rag.DocumentText;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.wire.AnswerWire.NewDocument;
import io.stoker.server.wire.InvalidValueException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.web.servlet.function.ServerRequest;

/// An uploaded document, converted to text.
record DocumentUpload(String id, String title, String scope, String text) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  private static final Pattern UNFIT = Pattern.compile("[^a-z0-9._-]++");

  private static final Pattern AT_ENDS = Pattern.compile("^-++|(?<!-)-++$");
  private static final Set<String> FIELDS = Set.of("id", "title", "scope");
  private static final NewDocument NONE = new NewDocument(null, null, null, null);
  private static final int MAX_TITLE = 200;
  private static final int MAX_DERIVED_ID = 100;

  DocumentUpload {
    if (!ID.matcher(id).matches()) {
      throw new InvalidValueException(
          "id",
          "expected 1 to 200 letters, digits, dots, hyphens or underscores, got \"" + id + "\"");
    }
    if (text.isBlank()) {
      throw new InvalidValueException("text", "expected some text, got none");
    }
    if (title.length() > MAX_TITLE) {
      throw new InvalidValueException(
          "title", "expected at most " + MAX_TITLE + " characters, got " + title.length());
    }
    if (scope.length() > BatchOptions.MAX_LENGTH) {
      throw new InvalidValueException(
          "scope",
          "expected at most " + BatchOptions.MAX_LENGTH + " characters, got " + scope.length());
    }
  }

  /// Reads a form with a file, or a JSON object.
  static DocumentUpload read(ServerRequest request, AnswerServices answers) throws IOException {
    if (MultipartForm.isForm(request)) {
      return MultipartForm.read(
          request,
          FIELDS,
          (file, content, fields) -> of(file, content, fields, answers.uploadThreads()));
    }
    var body = JsonBody.read(request, NewDocument.class, NONE, answers.limits().bytes());
    return of(body, "", body.text() == null ? "" : body.text());
  }

  private static DocumentUpload of(
      String file, InputStream content, Map<String, String> fields, CpuWorkPool reading)
      throws IOException {
    var bytes = content.readNBytes(DocumentText.MAX_BYTES + 1);
    var read = reading.run(() -> DocumentText.read(file, new ByteArrayInputStream(bytes)));
    var body = new NewDocument(fields.get("id"), fields.get("title"), fields.get("scope"), null);
    var title = body.title() == null ? read.title() : body.title();
    return of(new NewDocument(body.id(), title, body.scope(), null), file, read.text());
  }

  /// @param name the name to derive a missing id from; empty for the title
  private static DocumentUpload of(NewDocument body, String name, String text) {
    var title = body.title() == null ? "" : body.title().strip();
    var id = body.id() == null ? "" : body.id().strip();
    if (id.isEmpty() && title.isEmpty() && name.isEmpty()) {
      throw new InvalidValueException("title", "expected an id or a title, got neither");
    }
    var scope = body.scope() == null ? "" : body.scope().strip();
    if (id.isEmpty()) {
      id = derivedId(name.isEmpty() ? title : name);
    }
    return new DocumentUpload(id, title.isEmpty() ? id : title, scope, text);
  }

  /// A readable id: `Opening hours.md` becomes `opening-hours.md`.
  private static String derivedId(String name) {
    var id =
        AT_ENDS
            .matcher(UNFIT.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-"))
            .replaceAll("");
    if (id.isEmpty()) {
      id = "document-" + Integer.toHexString(name.hashCode());
    }
    return id.substring(0, Math.min(id.length(), MAX_DERIVED_ID));
  }
}
