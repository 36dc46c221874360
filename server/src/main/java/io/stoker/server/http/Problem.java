package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.wire.WireJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;

/// The problem details (RFC 9457) of a failed request.
///
/// @param code a stable code for programs
/// @param detail a message for people: what was expected, what was received, and what to do
/// @param more further members
record Problem(HttpStatus status, String code, String detail, Map<String, Object> more) {

  Problem(HttpStatus status, String code, String detail) {
    this(status, code, detail, Map.of());
  }

  /// The member with the wait in seconds, which is also sent as the header `Retry-After`.
  static final String RETRY_AFTER = "retry_after";

  ServerResponse response() {
    var wait = more.get(RETRY_AFTER);
    return wait == null
        ? ServerResponse.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(json())
        : response(HttpHeaders.RETRY_AFTER, wait.toString());
  }

  /// The response with another header.
  ServerResponse response(String header, String value) {
    return ServerResponse.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .header(header, value)
        .body(json());
  }

  /// A copy for chat front ends, which read the member `error`.
  Problem forChats() {
    var members = new LinkedHashMap<>(more);
    members.put("error", detail);
    return new Problem(status, code, detail, members);
  }

  /// Writes it to a servlet response, outside of handlers.
  void write(HttpServletResponse response) throws IOException {
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    var wait = more.get(RETRY_AFTER);
    if (wait != null) {
      response.setHeader(HttpHeaders.RETRY_AFTER, wait.toString());
    }
    response.getOutputStream().write(json().getBytes(UTF_8));
  }

  String json() {
    var members = new LinkedHashMap<String, Object>();
    members.put("type", "about:blank");
    members.put("title", status.getReasonPhrase());
    members.put("status", status.value());
    members.put("detail", detail);
    members.put("code", code);
    members.putAll(more);
    return WireJson.write(members);
  }
}
