package io.stoker.server.http;

import static io.stoker.server.http.AnswerHandlers.json;

import io.stoker.answers.AnswerDocuments;
import io.stoker.server.AnswerWire;
import io.stoker.server.Answers;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.UriComponentsBuilder;

/// The corpus of the stock pipeline. Thread-safe.
public final class DocumentHandlers {

  private final Answers answers;

  public DocumentHandlers(Answers answers) {
    this.answers = answers;
  }

  ServerResponse all(ServerRequest request) {
    Query.of(request);
    var documents = answers.store().documents().all();
    return json(
        ServerResponse.ok(),
        Map.of("documents", documents.stream().map(AnswerWire.Document::listed).toList()));
  }

  ServerResponse one(ServerRequest request) {
    var id = request.pathVariable("id");
    var document =
        answers
            .store()
            .documents()
            .get(id, scope(request))
            .orElseThrow(() -> AnswerHandlers.unknown("document", id));
    return json(ServerResponse.ok(), AnswerWire.Document.whole(document));
  }

  private static String scope(ServerRequest request) {
    var scope = Query.of(request, "scope").text("scope");
    return scope == null ? "" : scope.strip();
  }

  ServerResponse put(ServerRequest request) throws IOException {
    var upload = DocumentUpload.read(request, answers.limits().bytes());
    var document =
        answers.store().documents().put(upload.id(), upload.title(), upload.scope(), upload.text());
    answers.documentChanged(document.id());
    return json(ServerResponse.created(place(document)), AnswerWire.Document.listed(document));
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
      throw AnswerHandlers.unknown("document", id);
    }
    answers.documentChanged(id);
    return ServerResponse.noContent().build();
  }
}
