package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.answers.AnswerDocuments;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.wire.AnswerWire;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.UriComponentsBuilder;

/// The handlers for the documents that the built-in pipeline answers from. Thread-safe.
public final class DocumentHandlers {

  private final AnswerServices answers;

  public DocumentHandlers(AnswerServices answers) {
    this.answers = answers;
  }

  ServerResponse all(ServerRequest request) {
    QueryParameters.of(request);
    var documents = answers.store().documents().all();
    return JsonBody.ok(
        Map.of("documents", documents.stream().map(AnswerWire.Document::listed).toList()));
  }

  ServerResponse one(ServerRequest request) {
    var id = request.pathVariable("id");
    var document =
        answers
            .store()
            .documents()
            .get(id, scope(request))
            .orElseThrow(() -> Problems.unknown("document", id));
    return JsonBody.ok(AnswerWire.Document.whole(document));
  }

  private static String scope(ServerRequest request) {
    var scope = QueryParameters.of(request, "scope").text("scope");
    return scope == null ? "" : scope.strip();
  }

  ServerResponse put(ServerRequest request) throws IOException {
    var upload = DocumentUpload.read(request, answers);
    requireRoom(upload);
    var document =
        answers.store().documents().put(upload.id(), upload.title(), upload.scope(), upload.text());
    answers.documentsChanged();
    return JsonBody.response(
        ServerResponse.created(place(document)), AnswerWire.Document.listed(document));
  }

  /// Not atomic: concurrent requests may together exceed a quota.
  private void requireRoom(DocumentUpload upload) {
    var documents = answers.store().documents();
    var size = documents.size();
    var before = documents.get(upload.id(), upload.scope());
    long bytes = size.bytes() + bytes(upload.text());
    bytes -= before.map(one -> bytes(one.text())).orElse(0L);
    var quotas = answers.quotas();
    if (before.isEmpty() && size.documents() >= quotas.documents()) {
      throw full("documents", quotas.documents(), size.documents() + 1);
    }
    if (bytes > quotas.corpusBytes()) {
      throw full("bytes", quotas.corpusBytes(), bytes);
    }
  }

  private static long bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static ProblemException full(String what, long most, long came) {
    return new ProblemException(
        HttpStatus.INSUFFICIENT_STORAGE,
        "corpus-full",
        "expected at most %d %s in all documents, got %d. Delete some first"
            .formatted(most, what, came));
  }

  private static URI place(AnswerDocuments.Document document) {
    var place = UriComponentsBuilder.fromPath("/api/documents/{id}");
    if (!document.scope().isEmpty()) {
      place.queryParam("scope", "{scope}");
    }
    return place.encode().buildAndExpand(document.id(), document.scope()).toUri();
  }

  ServerResponse delete(ServerRequest request) {
    var id = request.pathVariable("id");
    if (!answers.store().documents().delete(id, scope(request))) {
      throw Problems.unknown("document", id);
    }
    answers.documentsChanged();
    return ServerResponse.noContent().build();
  }
}
