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

/// Why a request was not done, in the form of RFC 9457.
///
/// @param status what HTTP calls it
/// @param code what programs call it; few distinct values that stay
/// @param detail what was expected, what came and what to do, for people
/// @param more further members
record Problem(HttpStatus status, String code, String detail, Map<String, Object> more) {

  Problem(HttpStatus status, String code, String detail) {
    this(status, code, detail, Map.of());
  }

  /// How long somebody who sent too much has to wait, in seconds; also tells it in a header.
  static final String RETRY_AFTER = "retry_after";

  ServerResponse response() {
    var wait = more.get(RETRY_AFTER);
    return wait == null
        ? ServerResponse.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(json())
        : response(HttpHeaders.RETRY_AFTER, wait.toString());
  }

  /// The same with a header.
  ServerResponse response(String header, String value) {
    return ServerResponse.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .header(header, value)
        .body(json());
  }

  /// The same for front ends of chats, which look for the member `error`.
  Problem forChats() {
    var members = new LinkedHashMap<>(more);
    members.put("error", detail);
    return new Problem(status, code, detail, members);
  }

  /// Writes it where there is no handler.
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
