package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.prompts.PromptLedger;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.server.wire.LedgerWire;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// A response with entries of the ledger as a file, sent as they are read.
///
/// If reading fails halfway, the exception reaches Tomcat, which aborts the connection, so that the
/// file is not taken for complete. Spring's own responses would catch it and append a problem.
record LedgerExport(
    ServerRequest serverRequest, PromptLedger ledger, Range range, LedgerFormat format)
    implements ServerResponse {

  @Override
  public HttpStatusCode statusCode() {
    return HttpStatus.OK;
  }

  @Override
  public HttpHeaders headers() {
    var headers = new HttpHeaders();
    headers.set(HttpHeaders.CONTENT_TYPE, format.type());
    headers.set(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + format.file() + "\"");
    return headers;
  }

  @Override
  public MultiValueMap<String, Cookie> cookies() {
    return new LinkedMultiValueMap<>();
  }

  @Override
  public @Nullable ModelAndView writeTo(
      HttpServletRequest request, HttpServletResponse response, Context context)
      throws IOException {
    try {
      headers().forEach((name, values) -> response.setHeader(name, values.getFirst()));
      write(response);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException e) {
      if (response.isCommitted()) {
        throw e;
      }
      response.reset();
      Problems.problem(e, serverRequest).write(response);
    }
    return null;
  }

  private void write(HttpServletResponse response) throws IOException {
    var out = response.getOutputStream();
    out.write(format.head().getBytes(UTF_8));
    var isFirst = new boolean[] {true};
    ledger.visit(
        range,
        line -> {
          var text = format.line(LedgerWire.Entry.of(line), isFirst[0]);
          isFirst[0] = false;
          try {
            out.write(text.getBytes(UTF_8));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    out.write(format.tail().getBytes(UTF_8));
  }
}
