package io.stoker.server.http;

import io.stoker.server.wire.WireJson;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// Reads and writes bodies of JSON. Requests have at most 64 kB, unless another limit is passed.
final class JsonBody {

  private static final Pattern JSON =
      Pattern.compile("application/json(\\s*;.*)?", Pattern.CASE_INSENSITIVE);

  private static final int MAX_BYTES = 64 * 1024;

  private JsonBody() {}

  /// The body, or `ifNone` if it is empty.
  ///
  /// @throws ProblemException if it is too large or not JSON
  /// @throws io.stoker.server.wire.InvalidValueException if a member is invalid
  static <T> T read(ServerRequest request, Class<T> type, T ifNone) throws IOException {
    return read(request, type, ifNone, MAX_BYTES);
  }

  static <T> T read(ServerRequest request, Class<T> type, T ifNone, long largest)
      throws IOException {
    var bytes = bytes(request, largest);
    if (bytes.length == 0) {
      return ifNone;
    }
    requireJson(request);
    return WireJson.read(bytes, type);
  }

  /// `present` with the members of the body in place of its own.
  static <T> T merge(ServerRequest request, T present, Class<T> type) throws IOException {
    var bytes = bytes(request, MAX_BYTES);
    if (bytes.length == 0) {
      return present;
    }
    requireJson(request);
    return WireJson.merge(present, bytes, type);
  }

  private static void requireJson(ServerRequest request) {
    var type = String.valueOf(request.servletRequest().getContentType());
    if (!JSON.matcher(type).matches()) {
      throw new ProblemException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "not-json",
          "expected Content-Type application/json, got " + type);
    }
  }

  /// The body's bytes, whatever its type.
  ///
  /// @throws ProblemException if it is too large
  static byte[] bytes(ServerRequest request) throws IOException {
    return bytes(request, MAX_BYTES);
  }

  private static byte[] bytes(ServerRequest request, long largest) throws IOException {
    int most = (int) Math.min(largest, Integer.MAX_VALUE - 16);
    var bytes = request.servletRequest().getInputStream().readNBytes(most + 1);
    if (bytes.length > most) {
      throw new ProblemException(
          HttpStatus.CONTENT_TOO_LARGE,
          "too-large",
          "expected a body of at most " + most + " bytes, got more");
    }
    return bytes;
  }

  /// A response with status 200.
  static ServerResponse ok(Object body) {
    return response(ServerResponse.ok(), body);
  }

  static ServerResponse response(ServerResponse.BodyBuilder head, Object body) {
    return head.contentType(MediaType.APPLICATION_JSON).body(WireJson.write(body));
  }
}
