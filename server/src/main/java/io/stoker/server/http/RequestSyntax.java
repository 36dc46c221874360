package io.stoker.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Checks the syntax of path, query and content type, so that requests that could be read in more
/// than one way are rejected early.
final class RequestSyntax {

  private static final int MAX_SHOWN = 60;

  private RequestSyntax() {}

  /// Checks that path and query are percent-encoded UTF-8, that the path has no `.` and `..`, that
  /// there are no more parameters than Tomcat reads, and that the content type has no wildcard.
  ///
  /// @throws ProblemException if not
  static void requireReadable(HttpServletRequest request) {
    for (var segment : request.getRequestURI().split("/", -1)) {
      var name = decoded("path", segment.split(";", -1)[0]);
      if (name.equals(".") || name.equals("..")) {
        throw bad("expected a path without . and .., got \"" + shortened(segment) + "\"");
      }
      decoded("path", segment);
    }
    decoded("query", request.getQueryString());
    try {
      request.getParameterMap();
    } catch (IllegalStateException _) {
      throw bad("expected at most 1000 parameters in the query, got more or one without a name");
    }
    var type = request.getContentType();
    if (type != null && type.split(";", -1)[0].contains("*")) {
      throw MultipartForm.wrongType("a Content-Type without *", shortened(type));
    }
  }

  private static String decoded(String part, @Nullable String text) {
    if (text == null) {
      return "";
    }
    var bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      if (i + 2 >= text.length()
          || !HexFormat.isHexDigit(text.charAt(i + 1))
          || !HexFormat.isHexDigit(text.charAt(i + 2))) {
        throw undecodable(part, text.substring(i));
      }
      bytes.put((byte) HexFormat.fromHexDigits(text, i + 1, i + 3));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException _) {
      throw undecodable(part, text);
    }
  }

  private static ProblemException undecodable(String part, String text) {
    return bad(
        "expected a %s in percent-encoded UTF-8, got \"%s\"".formatted(part, shortened(text)));
  }

  private static String shortened(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(HttpStatus.BAD_REQUEST, "bad-request", detail);
  }
}
