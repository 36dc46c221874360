package io.stoker.server.http;

import java.util.List;
import org.springframework.http.MediaType;

/// The description of a route for [ApiDocs].
///
/// @param route its method and path, as in [Routes]
/// @param parameters the names of its query parameters
/// @param takesFile whether it accepts a form with a file; whether it accepts JSON follows from its
///   example
/// @param status the status of a successful response
/// @param response the body of a successful response
/// @param otherTypes further media types of that body
record ApiOperation(
    String route,
    String summary,
    List<String> parameters,
    boolean takesFile,
    int status,
    ResponseBody response,
    List<String> otherTypes) {

  /// A route whose response has no body.
  static ApiOperation on(String route, String summary) {
    return new ApiOperation(route, summary, List.of(), false, 204, new Empty(), List.of());
  }

  sealed interface ResponseBody {}

  record Empty() implements ResponseBody {}

  record Text(String type) implements ResponseBody {}

  /// A record as JSON.
  record Json(Class<?> type) implements ResponseBody {}

  /// A JSON object with one member, a list of records.
  record JsonList(String member, Class<?> type) implements ResponseBody {}

  /// JSON without a record, described by its example.
  record JsonExample() implements ResponseBody {}

  /// Newline-delimited JSON.
  record Lines(Class<?> type) implements ResponseBody {}

  /// A stream of server-sent events.
  record Events(List<Event> events) implements ResponseBody {}

  /// A server-sent event.
  ///
  /// @param data the types of its data
  record Event(String name, List<Class<?>> data) {

    static Event event(String name, Class<?>... data) {
      return new Event(name, List.of(data));
    }
  }

  ApiOperation with(String... names) {
    return new ApiOperation(
        route, summary, List.of(names), takesFile, status, response, otherTypes);
  }

  ApiOperation withFile() {
    return new ApiOperation(route, summary, parameters, true, status, response, otherTypes);
  }

  private ApiOperation returns(int code, ResponseBody body) {
    return new ApiOperation(route, summary, parameters, takesFile, code, body, otherTypes);
  }

  ApiOperation or(String... types) {
    return new ApiOperation(
        route, summary, parameters, takesFile, status, response, List.of(types));
  }

  ApiOperation returns(Class<?> type) {
    return returns(200, type);
  }

  ApiOperation returns(int code, Class<?> type) {
    return returns(code, new Json(type));
  }

  ApiOperation returnsList(String member, Class<?> type) {
    return returns(200, new JsonList(member, type));
  }

  ApiOperation returnsExample() {
    return returns(200, new JsonExample());
  }

  ApiOperation returnsText(String type) {
    return returns(200, new Text(type));
  }

  /// The connection becomes a WebSocket.
  ApiOperation upgrades() {
    return returns(101, new Text(MediaType.TEXT_PLAIN_VALUE));
  }

  ApiOperation returnsLines(Class<?> type) {
    return returns(200, new Lines(type));
  }

  ApiOperation streams(Event... events) {
    return returns(200, new Events(List.of(events)));
  }
}
