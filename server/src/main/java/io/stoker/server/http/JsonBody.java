package io.stoker.server.http;

import io.stoker.server.wire.WireJson;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;

/// Reads what a request carries: a JSON object, a small one unless somebody says otherwise.
final class JsonBody {

  private static final Pattern JSON =
      Pattern.compile("application/json(\\s*;.*)?", Pattern.CASE_INSENSITIVE);

  private static final int LARGEST = 64 * 1024;

  private JsonBody() {}

  /// The object that the request carries, or `ifNone`.
  ///
  /// @throws ProblemException if it is too large or something else than JSON
  /// @throws io.stoker.server.wire.InvalidValueException if a member is wrong
  static <T> T read(ServerRequest request, Class<T> type, T ifNone) throws IOException {
    return read(request, type, ifNone, LARGEST);
  }

  /// The same of at most so many bytes.
  static <T> T read(ServerRequest request, Class<T> type, T ifNone, long largest)
      throws IOException {
    var bytes = bytes(request, largest);
    if (bytes.length == 0) {
      return ifNone;
    }
    requireJson(request);
    return WireJson.read(bytes, type);
  }

  /// `present` with the members that the request carries in the place of its own.
  static <T> T merge(ServerRequest request, T present, Class<T> type) throws IOException {
    var bytes = bytes(request, LARGEST);
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
          new Problem(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE,
              "not-json",
              "expected Content-Type application/json, got " + type));
    }
  }

  /// What the request carries, whatever it is.
  ///
  /// @throws ProblemException if it is too large
  static byte[] bytes(ServerRequest request) throws IOException {
    return bytes(request, LARGEST);
  }

  private static byte[] bytes(ServerRequest request, long largest) throws IOException {
    int most = (int) Math.min(largest, Integer.MAX_VALUE - 16);
    var bytes = request.servletRequest().getInputStream().readNBytes(most + 1);
    if (bytes.length > most) {
      throw new ProblemException(
          new Problem(
              HttpStatus.CONTENT_TOO_LARGE,
              "too-large",
              "expected a body of at most " + most + " bytes, got more"));
    }
    return bytes;
  }
}
