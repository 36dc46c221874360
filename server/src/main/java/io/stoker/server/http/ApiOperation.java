package io.stoker.server.http;

import java.util.List;
import org.springframework.http.MediaType;

/// What [ApiDocs] says about a route.
///
/// @param route its method and path, as in [Routes]
/// @param summary what it does
/// @param parameters of its query
/// @param takesFile whether it takes a form with a file; whether it takes JSON is known from its
///   example
/// @param status of the response if all goes well
/// @param gives what that response carries
/// @param otherTypes in which the same comes on request
record ApiOperation(
    String route,
    String summary,
    List<String> parameters,
    boolean takesFile,
    int status,
    Gives gives,
    List<String> otherTypes) {

  /// A route that gives nothing but a status.
  static ApiOperation on(String route, String summary) {
    return new ApiOperation(route, summary, List.of(), false, 204, new Nothing(), List.of());
  }

  /// What a response carries.
  sealed interface Gives {}

  record Nothing() implements Gives {}

  record Text(String type) implements Gives {}

  /// JSON of a record.
  record Json(Class<?> type) implements Gives {}

  /// A JSON object with one member, a list of records.
  record JsonList(String member, Class<?> type) implements Gives {}

  /// JSON that no record stands behind, as its example has it.
  record JsonExample() implements Gives {}

  /// Lines of JSON.
  record Lines(Class<?> type) implements Gives {}

  /// A stream of events.
  record Events(List<Event> events) implements Gives {}

  /// A server-sent event.
  ///
  /// @param data the types that it may have
  record Event(String name, List<Class<?>> data) {

    static Event event(String name, Class<?>... data) {
      return new Event(name, List.of(data));
    }
  }

  ApiOperation with(String... names) {
    return new ApiOperation(route, summary, List.of(names), takesFile, status, gives, otherTypes);
  }

  ApiOperation withFile() {
    return new ApiOperation(route, summary, parameters, true, status, gives, otherTypes);
  }

  private ApiOperation giving(int code, Gives what) {
    return new ApiOperation(route, summary, parameters, takesFile, code, what, otherTypes);
  }

  ApiOperation or(String... types) {
    return new ApiOperation(route, summary, parameters, takesFile, status, gives, List.of(types));
  }

  ApiOperation gives(Class<?> type) {
    return gives(200, type);
  }

  ApiOperation gives(int code, Class<?> type) {
    return giving(code, new Json(type));
  }

  ApiOperation givesList(String member, Class<?> type) {
    return giving(200, new JsonList(member, type));
  }

  ApiOperation givesExample() {
    return giving(200, new JsonExample());
  }

  ApiOperation givesText(String type) {
    return giving(200, new Text(type));
  }

  /// Becomes a socket.
  ApiOperation upgrades() {
    return giving(101, new Text(MediaType.TEXT_PLAIN_VALUE));
  }

  ApiOperation givesLines(Class<?> type) {
    return giving(200, new Lines(type));
  }

  ApiOperation streams(Event... events) {
    return giving(200, new Events(List.of(events)));
  }
}
