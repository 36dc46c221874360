package io.stoker.server.http;

import static io.stoker.server.http.AnswerHandlers.json;

import io.stoker.server.AnswerWire;
import io.stoker.server.Answers;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

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
            .get(id)
            .orElseThrow(() -> AnswerHandlers.unknown("document", id));
    return json(ServerResponse.ok(), AnswerWire.Document.whole(document));
  }

  ServerResponse put(ServerRequest request) throws IOException {
    var upload = DocumentUpload.read(request, answers.limits().bytes());
    var document =
        answers.store().documents().put(upload.id(), upload.title(), upload.scope(), upload.text());
    answers.documentChanged(document.id());
    return json(
        ServerResponse.created(URI.create("/api/documents/" + document.id())),
        AnswerWire.Document.listed(document));
  }

  ServerResponse delete(ServerRequest request) {
    var id = request.pathVariable("id");
    if (!answers.store().documents().delete(id)) {
      throw AnswerHandlers.unknown("document", id);
    }
    answers.documentChanged(id);
    return ServerResponse.noContent().build();
  }
}
