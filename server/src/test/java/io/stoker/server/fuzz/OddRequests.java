package io.stoker.server.fuzz;

import static io.stoker.server.fuzz.OddValues.bytes;
import static io.stoker.server.fuzz.OddValues.encoded;
import static io.stoker.server.fuzz.OddValues.header;
import static io.stoker.server.fuzz.OddValues.json;
import static io.stoker.server.fuzz.OddValues.mangled;
import static io.stoker.server.fuzz.OddValues.oneOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Requests that were right until something odd was done to them: over every operation of the
/// OpenAPI document, and what it does not tell of. The same seed and number give the same request.
final class OddRequests {

  private static final String BOUNDARY = "a-boundary";

  /// What the document does not have.
  private static final List<Operation> OTHERS =
      List.of(
          plain("GET", "/actuator"),
          plain("GET", "/actuator/health"),
          plain("GET", "/actuator/health/liveness"),
          plain("GET", "/actuator/health/readiness"),
          plain("GET", "/actuator/health/none-such"),
          plain("GET", "/actuator/prometheus"),
          plain("GET", "/actuator/env"),
          plain("GET", "/v3/api-docs"),
          plain("GET", "/v3/api-docs.yaml"),
          plain("GET", "/app/console.js"),
          plain("GET", "/lib/lit/index.js"),
          plain("GET", "/nothing"),
          plain("POST", "/error"),
          plain("GET", "/conversations"));

  private static final List<String> METHODS =
      List.of(
          "HEAD",
          "OPTIONS",
          "TRACE",
          "CONNECT",
          "PATCH",
          "PUT",
          "DELETE",
          "POST",
          "PROPFIND",
          "get",
          "G\u00ffT",
          "GE T",
          "",
          "M".repeat(300));

  private static final List<String> VERSIONS =
      List.of(
          "HTTP/1.0",
          "HTTP/1.2",
          "HTTP/2.0",
          "HTTP/0.9",
          "HTTP/9",
          "HTTP/1.1 x",
          "http/1.1",
          "",
          "X");

  private static final List<String> NAMES =
      List.of(
          "Accept",
          "Accept-Charset",
          "Accept-Encoding",
          "Accept-Language",
          "Authorization",
          "Content-Encoding",
          "Content-Type",
          "Cookie",
          "Expect",
          "Forwarded",
          "Host",
          "Idempotency-Key",
          "If-Match",
          "If-Modified-Since",
          "If-None-Match",
          "Last-Event-ID",
          "Origin",
          "Access-Control-Request-Method",
          "Range",
          "Sec-Fetch-Site",
          "Te",
          "Via",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Port",
          "X-Forwarded-Prefix",
          "X-Forwarded-Proto",
          "X-HTTP-Method-Override",
          "X-Real-IP",
          "traceparent",
          "Odd Name",
          "Odd\u00ffName",
          "",
          "Odd\u0000");

  private static final Pattern METHOD = Pattern.compile("[A-Za-z]+");
  private static final Pattern TARGET = Pattern.compile("/[!-~&&[^\"<>\\\\^`{|}]]*");

  private final long seed;
  private final List<Operation> operations = new ArrayList<>();
  private final List<String> ids;

  /// A way in.
  ///
  /// @param queries the names of its parameters
  /// @param body an example of what it takes in JSON; empty for nothing
  private record Operation(
      String method, String path, List<String> queries, String body, boolean takesForm) {}

  private static Operation plain(String method, String path) {
    return new Operation(method, path, List.of(), "", false);
  }

  /// A request.
  ///
  /// @param name the operation that it once was of
  /// @param bytes a character for each byte
  /// @param isSafe whether its method promises to change nothing
  /// @param isHttp whether it keeps to the protocol, so that a server can tell where it ends
  /// @param hasBody whether the answer to it has a body
  record Sample(String name, String bytes, boolean isSafe, boolean hasBody, boolean isHttp) {}

  /// @param document the OpenAPI document
  /// @param ids of things that there are, for paths and queries
  OddRequests(long seed, JsonNode document, List<String> ids) {
    this.seed = seed;
    this.ids = ids;
    document
        .path("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry(
                (method, operation) -> operations.add(operation(path, method, operation))));
    operations.addAll(OTHERS);
  }

  private static Operation operation(String path, String method, JsonNode operation) {
    var queries = new ArrayList<String>();
    for (var parameter : operation.path("parameters")) {
      if (parameter.path("in").asString().equals("query")) {
        queries.add(parameter.path("name").asString());
      }
    }
    var content = operation.path("requestBody").path("content");
    var example = content.path("application/json").path("example");
    return new Operation(
        method.toUpperCase(Locale.ROOT),
        path,
        queries,
        example.isMissingNode() ? "" : bytes(example.toString()),
        content.has("multipart/form-data"));
  }

  int operations() {
    return operations.size();
  }

  /// The request of a number.
  ///
  /// @param caller who sends it
  /// @param token what he shows; empty for nothing
  Sample sample(String caller, int number, String token) {
    var random =
        new SplittableRandom(
            seed ^ ((long) caller.hashCode() << 32) ^ number * 0x9E3779B97F4A7C15L);
    var operation = operations.get(number % operations.size());
    var draft = new Draft(random, operation, token);
    do {
      draft.mutate();
    } while (random.nextInt(3) == 0);
    return draft.sample();
  }

  /// A request in the making. Confined to one thread.
  private final class Draft {

    private final SplittableRandom random;
    private final Operation operation;
    private final List<String> query = new ArrayList<>();
    private final List<String> headers = new ArrayList<>();
    private String method;
    private String path;
    private String version = "HTTP/1.1";
    private String end = "\r\n";
    private String body;
    private String framing = "";
    private boolean isHttp = true;

    Draft(SplittableRandom random, Operation operation, String token) {
      this.random = random;
      this.operation = operation;
      this.method = operation.method();
      this.path = operation.path();
      while (path.contains("{")) {
        int open = path.indexOf('{');
        path = path.substring(0, open) + oneOf(random, ids) + path.substring(path.indexOf('}') + 1);
      }
      for (var name : operation.queries()) {
        if (random.nextInt(3) == 0) {
          query.add(name + "=" + oneOf(random, ids));
        }
      }
      headers.add("Host: 127.0.0.1");
      if (!token.isEmpty()) {
        headers.add("Authorization: Bearer " + token);
      }
      this.body = operation.body();
      if (operation.takesForm() && random.nextBoolean()) {
        this.body = form();
        headers.add("Content-Type: multipart/form-data; boundary=" + BOUNDARY);
      } else if (!body.isEmpty()) {
        headers.add("Content-Type: application/json");
      }
    }

    private String form() {
      return part("name=\"name\"", "a list")
          + part("name=\"scope\"", "default")
          + part("name=\"file\"; filename=\"list.txt\"", "What is a lease?\nWhat is a cache?\n")
          + "--"
          + BOUNDARY
          + "--\r\n";
    }

    private String part(String disposition, String content) {
      return "--"
          + BOUNDARY
          + "\r\nContent-Disposition: form-data; "
          + disposition
          + "\r\n\r\n"
          + content
          + "\r\n";
    }

    void mutate() {
      switch (random.nextInt(body.isEmpty() ? 14 : 32)) {
        case 0, 1, 2 -> mutatePath();
        case 3, 4, 5, 6, 7 -> mutateQuery();
        case 8, 9, 10 -> mutateHeaders();
        case 11 -> method = oneOf(random, METHODS);
        case 12 -> mutateFraming();
        case 13 -> mutateWire();
        default -> mutateBody();
      }
    }

    private void mutatePath() {
      var segments = new ArrayList<>(List.of(path.split("/", -1)));
      int at = random.nextInt(segments.size());
      switch (random.nextInt(7)) {
        case 0, 1, 2 -> segments.set(at, encoded(random));
        case 3 -> segments.add(at, encoded(random));
        case 4 -> segments.remove(at);
        case 5 -> segments.set(at, segments.get(at) + encoded(random));
        default -> {
          path =
              oneOf(
                  random,
                  List.of(
                      "",
                      "*",
                      "http://evil.example" + path,
                      "//" + path,
                      path + "/../x",
                      path + "#x",
                      "/x/.." + path,
                      "?" + path,
                      path + "/",
                      path + " x"));
          return;
        }
      }
      path = String.join("/", segments);
    }

    private void mutateQuery() {
      var names = new ArrayList<>(operation.queries());
      names.addAll(List.of("x", "ticket", "_method", "last_event_id", "limit", ""));
      switch (random.nextInt(8)) {
        case 0 -> query.add(encoded(random) + "=" + encoded(random));
        case 1 -> query.add(oneOf(random, names));
        case 2 -> query.add("x=1&".repeat(1_001));
        case 3 -> query.add(oneOf(random, List.of("&&&", "=", ";", "?", "%", "a=b=c", "=x")));
        default -> query.add(oneOf(random, names) + "=" + encoded(random));
      }
    }

    private void mutateHeaders() {
      if (headers.isEmpty()) {
        headers.add("Host: 127.0.0.1");
      }
      switch (random.nextInt(12)) {
        case 0 -> headers.set(random.nextInt(headers.size()), oneOf(random, NAMES) + ": x");
        case 1 -> headers.removeFirst();
        case 2 -> headers.add(headers.get(random.nextInt(headers.size())));
        case 3 ->
            headers.add(oneOf(random, List.of("no colon", ": x", " folded: x", "\tx", "a :b")));
        case 4 -> {
          for (int i = 0; i < 150; i++) {
            headers.add("X-" + i + ": x");
          }
        }
        case 5 -> {
          headers.add("Connection: Upgrade");
          headers.add("Upgrade: " + oneOf(random, List.of("websocket", "WEBSOCKET", "h2c", "x")));
          if (random.nextBoolean()) {
            headers.add("Sec-WebSocket-Version: " + oneOf(random, List.of("13", "8", "x", "")));
          }
          if (random.nextBoolean()) {
            headers.add("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
          }
        }
        default -> {
          var name = oneOf(random, NAMES);
          headers.removeIf(one -> one.startsWith(name + ":") && random.nextBoolean());
          headers.add(name + ": " + header(random));
        }
      }
      isHttp = false;
    }

    private void mutateFraming() {
      isHttp = false;
      var length = String.valueOf(body.length());
      framing =
          switch (random.nextInt(12)) {
            case 0 -> "Content-Length: " + (body.length() + 10);
            case 1 -> "Content-Length: -1";
            case 2 -> "Content-Length: " + "9".repeat(30);
            case 3 -> "Content-Length: x";
            case 4 -> "Content-Length: " + length + "\r\nContent-Length: " + (body.length() + 1);
            case 5 -> "Transfer-Encoding: chunked\r\nContent-Length: " + length;
            case 6 -> "Transfer-Encoding: gzip, chunked";
            case 7 -> "Transfer-Encoding: none-such";
            case 8 -> "Transfer-Encoding: chunked, identity";
            case 9 -> "Content-Length: 0" + length;
            default -> "Transfer-Encoding: chunked";
          };
      if (framing.contains("chunked")) {
        var size = Integer.toHexString(body.length());
        body =
            switch (random.nextInt(9)) {
              case 0 -> size + ";x=y\r\n" + body + "\r\n0\r\n\r\n";
              case 1 -> "zz\r\n" + body + "\r\n0\r\n\r\n";
              case 2 -> "ffffffffffffffff\r\n" + body;
              case 3 -> "-1\r\n" + body;
              case 4 -> size + "\n" + body + "\n0\n\n";
              case 5 -> size + "\r\n" + body + "0\r\n\r\n";
              case 6 -> size + "\r\n" + body + "\r\n0\r\nX-Trailer: " + header(random) + "\r\n\r\n";
              case 7 -> size + ";" + "x".repeat(20_000) + "\r\n" + body + "\r\n0\r\n\r\n";
              default -> size + "\r\n" + body + "\r\n0\r\n\r\n";
            };
      }
    }

    private void mutateWire() {
      isHttp = false;
      switch (random.nextInt(4)) {
        case 0, 1 -> version = oneOf(random, VERSIONS);
        case 2 -> end = oneOf(random, List.of("\n", "\r", "\r\n\r\n", "\u0000\r\n"));
        default -> headers.add("\r\n");
      }
    }

    private void mutateBody() {
      var values = OddValues.values(body);
      switch (random.nextInt(values.isEmpty() ? 4 : 14)) {
        case 0 -> body = mangled(random, body);
        case 1 -> body = mangled(random, mangled(random, mangled(random, body)));
        case 2 ->
            body =
                oneOf(random, List.of("", "\u00ef\u00bb\u00bf" + body, body + body, json(random)));
        case 3 -> body = body + " ".repeat(oneOf(random, List.of(65_536, 300_000)));
        default -> {
          var value = oneOf(random, values);
          var end = body.substring(value[1]);
          body = body.substring(0, value[0]) + json(random) + end;
        }
      }
    }

    Sample sample() {
      if (framing.isEmpty() && !(body.isEmpty() && operation.body().isEmpty())) {
        framing = "Content-Length: " + body.length();
      }
      var target = query.isEmpty() ? path : path + "?" + String.join("&", query);
      isHttp &= METHOD.matcher(method).matches() && TARGET.matcher(target).matches();
      var all = new StringBuilder(method + " " + target + " " + version + end);
      headers.forEach(line -> all.append(line).append(end));
      if (!framing.isEmpty()) {
        all.append(framing).append(end);
      }
      all.append("Connection: close").append(end).append(end).append(body);
      return new Sample(
          operation.method() + " " + operation.path(),
          all.toString(),
          Set.of("GET", "HEAD", "OPTIONS", "TRACE").contains(method),
          !method.equals("HEAD"),
          isHttp);
    }
  }
}
