package io.stoker.prompts;

import com.anthropic.core.RequestOptions;
import com.anthropic.core.http.Headers;
import com.anthropic.core.http.HttpClient;
import com.anthropic.core.http.HttpMethod;
import com.anthropic.core.http.HttpRequest;
import com.anthropic.core.http.HttpResponse;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.HttpReply;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Carries what the SDK says, with calls that are broken off at once. Statuses other than 2xx do
/// not reach the SDK: they are a [io.stoker.CallException]. Thread-safe.
final class AnthropicTransport implements HttpClient {

  /// The thread was interrupted, which the SDK's interface has no word for.
  static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Interrupted(InterruptedException cause) {
      super(cause);
    }
  }

  private final HttpCalls calls;

  AnthropicTransport(HttpCalls calls) {
    this.calls = calls;
  }

  @Override
  public HttpResponse execute(HttpRequest request, RequestOptions options) {
    var uri = URI.create(request.url());
    var headers = headers(request);
    try {
      return new Response(
          request.method() == HttpMethod.GET
              ? calls.get(uri, headers)
              : calls.post(uri, headers, body(request)));
    } catch (InterruptedException e) {
      throw new Interrupted(e);
    }
  }

  @Override
  public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
    throw new UnsupportedOperationException("nobody here asks and does not wait");
  }

  @Override
  public void close() {
    // Connections that nobody uses close themselves.
  }

  private static Map<String, String> headers(HttpRequest request) {
    var headers = new HashMap<String, String>();
    for (var name : request.headers().names()) {
      if (!name.equalsIgnoreCase("Content-Type")) {
        headers.put(name, String.join(", ", request.headers().values(name)));
      }
    }
    return headers;
  }

  private static String body(HttpRequest request) {
    var bytes = new ByteArrayOutputStream();
    request.body().ifPresent(body -> body.writeTo(bytes));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /// A reply as the SDK wants to see it.
  private static final class Response implements HttpResponse {

    private static final int OK = 200;

    private final HttpReply reply;

    private Response(HttpReply reply) {
      this.reply = reply;
    }

    @Override
    public int statusCode() {
      return OK;
    }

    @Override
    public Headers headers() {
      return Headers.builder().put("Content-Type", reply.contentType()).build();
    }

    @Override
    public InputStream body() {
      return new Body(reply);
    }

    @Override
    public void close() {
      reply.close();
    }
  }

  /// The bytes of a reply as they come.
  private static final class Body extends InputStream {

    private final HttpReply reply;

    private Body(HttpReply reply) {
      this.reply = reply;
    }

    @Override
    public int read() {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      try {
        var bytes = reply.bytes();
        if (bytes == null) {
          return -1;
        }
        int count = Math.min(length, bytes.remaining());
        bytes.get(target, offset, count);
        return count;
      } catch (InterruptedException e) {
        throw new Interrupted(e);
      }
    }
  }
}
