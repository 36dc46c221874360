package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.stoker.server.RunningServer;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Invalid frames and bodies: each gets a clear error and changes nothing.
class BadFramesTest {

  private static final String TOGGLE =
      "{'type':'invoke','surfaceId':'cache-warming','conversationId':'c',"
          + "'actionId':'cache-warming/toggle','payload':%s}";
  private static final String INTERVAL =
      "{'type':'invoke','surfaceId':'cache-warming','conversationId':'c',"
          + "'actionId':'cache-warming/set-interval','payload':%s}";

  private static RunningServer server;
  private static SocketClient client;
  private static String untouched;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_PROMPTS_SIMULATOR_PACE", "0s"));
    client = SocketClient.to(server);
    untouched = client.subscribe("c").next("surface").path("spec").toString();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static void assertNothingChanged() {
    assertThat(client.flush()).isEmpty();
    assertThat(client.subscribe("c").next().path("spec").toString()).isEqualTo(untouched);
    assertThat(server.get("/conversations/c").json().path("latestSeq").asLong()).isZero();
    assertThat(server.get("/api/prompts/conversations").json().path("conversations").isEmpty())
        .isTrue();
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
        arguments("", "Invalid JSON"),
        arguments(" ", "Invalid JSON"),
        arguments("hello", "Invalid JSON"),
        arguments("{", "Invalid JSON"),
        arguments("{'type':'subscribe'", "Invalid JSON"),
        arguments("{'type':'subscribe'} {}", "Invalid JSON"),
        arguments("{type:'subscribe'}", "Invalid JSON"),
        arguments("null", "expected an object"),
        arguments("42", "expected an object"),
        arguments("'text'", "expected an object"),
        arguments("[]", "expected an object"),
        arguments("[{'type':'subscribe'}]", "expected an object"),
        arguments("[".repeat(30_000), "Invalid JSON"),
        arguments("{'a':".repeat(5_000) + "1" + "}".repeat(5_000), "Invalid JSON"),
        arguments("{'type':" + "[".repeat(100) + "]".repeat(100) + "}", "Invalid JSON"),
        arguments("{'type':'subscribe','n':" + "9".repeat(5_000) + "}", "Invalid JSON"),
        arguments("{'type':'\\ud83d'}", "type: expected whole Unicode"),
        arguments("{}", "type: expected some text, got nothing"),
        arguments("{'type':null}", "type: expected some text"),
        arguments("{'type':7}", "type: expected text, got 7"),
        arguments("{'type':{}}", "type: expected text"),
        arguments("{'type':''}", "type: expected some text"),
        arguments("{'type':'dance'}", "Unknown type: dance"),
        arguments("{'type':'chat.dance'}", "Unknown type: chat.dance"),
        arguments("{'type':'SUBSCRIBE'}", "Unknown type: SUBSCRIBE"),
        arguments("{'type':'" + "x".repeat(1_000) + "'}", "type: expected at most 200"),
        arguments("{'type':'subscribe'}", "surfaceId: expected some text, got nothing"),
        arguments("{'type':'subscribe','surfaceId':7}", "surfaceId: expected text, got 7"),
        arguments("{'type':'subscribe','surfaceId':['cache-warming']}", "surfaceId: expected text"),
        arguments("{'type':'unsubscribe'}", "surfaceId: expected some text"),
        arguments("{'type':'invoke'}", "surfaceId: expected some text"));
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void a_frame_that_cannot_be_read_is_an_error_without_a_surface(String frame, String words) {
    var error = client.send(frame).next();

    assertThat(error.path("type").asString()).isEqualTo("error");
    assertThat(error.path("message").asString()).contains(words).hasSizeLessThan(300);
    assertThat(error.has("surfaceId")).isFalse();
    assertNothingChanged();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments("{'type':'subscribe','surfaceId':'who'}", "who", "Unknown surface: who"),
        arguments("{'type':'invoke','surfaceId':'who','actionId':'x'}", "who", "Unknown surface"),
        arguments(
            "{'type':'subscribe','surfaceId':'cache-warming','conversationId':7}",
            "cache-warming",
            "conversationId: expected text, got 7"),
        arguments(
            "{'type':'subscribe','surfaceId':'cache-warming','conversationId':'a\\u0000b'}",
            "cache-warming",
            "conversationId: expected whole Unicode characters other than NUL"),
        arguments(
            "{'type':'subscribe','surfaceId':'cache-warming','conversationId':''}",
            "cache-warming",
            "conversationId: expected 1 to 200"),
        arguments(
            "{'type':'subscribe','surfaceId':'cache-warming','conversationId':'"
                + "x".repeat(201)
                + "'}",
            "cache-warming",
            "conversationId: expected at most 200 characters, got 201"),
        arguments(
            "{'type':'unsubscribe','surfaceId':'cache-warming','conversationId':[]}",
            "cache-warming",
            "conversationId: expected text"),
        arguments(
            "{'type':'invoke','surfaceId':'cache-warming','conversationId':'c'}",
            "cache-warming",
            "actionId: expected some text"),
        arguments(
            "{'type':'invoke','surfaceId':'cache-warming','conversationId':'c','actionId':'x'}",
            "cache-warming",
            "Unknown action: x"),
        arguments(
            "{'type':'invoke','surfaceId':'loaded-extensions','actionId':'x'}",
            "loaded-extensions",
            "Unknown action: x"),
        arguments(
            "{'type':'invoke','surfaceId':'loaded-extensions','conversationId':'c',"
                + "'actionId':'cache-warming/toggle','payload':true}",
            "loaded-extensions",
            "Unknown action: cache-warming/toggle"),
        arguments(
            "{'type':'invoke','surfaceId':'cache-warming','actionId':'cache-warming/toggle'}",
            "cache-warming",
            "conversationId: expected some text, got nothing"),
        arguments(
            "{'type':'invoke','surfaceId':'cache-warming','actionId':'cache-warming/warm'}",
            "cache-warming",
            "conversationId: expected some text, got nothing"),
        arguments(TOGGLE.formatted("1"), "cache-warming", "expected true or false, got 1"),
        arguments(TOGGLE.formatted("'true'"), "cache-warming", "expected true or false"),
        arguments(TOGGLE.formatted("null"), "cache-warming", "expected true or false"),
        arguments(TOGGLE.formatted("{'value':true}"), "cache-warming", "expected true or false"),
        arguments(TOGGLE.formatted("[]"), "cache-warming", "expected true or false"),
        arguments(INTERVAL.formatted("0"), "cache-warming", "above 0 and at most 86400"),
        arguments(INTERVAL.formatted("-0.0"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("-1"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("86401"), "cache-warming", "at most 86400, got 86401"),
        arguments(INTERVAL.formatted("1000000000000"), "cache-warming", "at most 86400"),
        arguments(INTERVAL.formatted("1e12"), "cache-warming", "at most 86400"),
        arguments(INTERVAL.formatted("1e400"), "cache-warming", "at most 86400"),
        arguments(INTERVAL.formatted("1e999999999"), "cache-warming", "at most 86400"),
        arguments(INTERVAL.formatted("'NaN'"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("'10'"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("null"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("true"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("[10]"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("{}"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("{'value':'10'}"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("{'value':0}"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("{'value':-5}"), "cache-warming", "above 0"),
        arguments(INTERVAL.formatted("{'seconds':10}"), "cache-warming", "above 0"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void a_failed_surface_action_is_an_error_of_that_surface(
      String frame, String surface, String words) {
    var error = client.send(frame).next();

    assertThat(error.path("type").asString()).isEqualTo("error");
    assertThat(error.path("message").asString()).contains(words).hasSizeLessThan(300);
    assertThat(error.path("surfaceId").asString()).isEqualTo(surface);
    assertNothingChanged();
  }

  @ParameterizedTest
  @MethodSource("intervalsThatAreNoJson")
  void a_malformed_number_is_not_json(String payload) {
    var error = client.send(INTERVAL.formatted(payload)).next();

    assertThat(error.path("message").asString()).startsWith("Invalid JSON");
    assertNothingChanged();
  }

  static Stream<String> intervalsThatAreNoJson() {
    return Stream.of("NaN", "Infinity", "-Infinity", "0x10", "1_000", "010", "undefined");
  }

  static Stream<Arguments> chats() {
    return Stream.of(
        arguments("{'type':'chat.send','conversationId':'c'}", "message: expected some text"),
        arguments(
            "{'type':'chat.send','conversationId':'c','message':''}", "message: expected some"),
        arguments("{'type':'chat.send','conversationId':'c','message':'  '}", "message: expected"),
        arguments("{'type':'chat.send','conversationId':'c','message':5}", "got 5"),
        arguments("{'type':'chat.send','conversationId':'c','message':null}", "message: expected"),
        arguments(
            "{'type':'chat.send','conversationId':'c','message':['hi']}", "message: expected"),
        arguments("{'type':'chat.send','conversationId':'c','message':'hi','model':5}", "model: "),
        arguments("{'type':'chat.send','conversationId':'c','message':'hi','cwd':{}}", "cwd: "),
        arguments(
            "{'type':'chat.send','conversationId':'c','message':'hi','cwd':'a\\u0000b'}", "cwd: "),
        arguments("{'type':'chat.send','conversationId':{},'message':'hi'}", "conversationId: "),
        arguments("{'type':'chat.subscribe'}", "conversationId: expected some text"),
        arguments("{'type':'chat.subscribe','conversationId':5}", "conversationId: expected text"),
        arguments("{'type':'chat.subscribe','conversationId':' '}", "conversationId: expected"),
        arguments("{'type':'chat.unsubscribe','conversationId':null}", "conversationId: expected"));
  }

  @ParameterizedTest
  @MethodSource("chats")
  void a_failed_chat_frame_is_a_chat_error(String frame, String words) {
    var error = client.send(frame).next();

    assertThat(error.path("type").asString()).isEqualTo("chat.error");
    assertThat(error.path("message").asString()).contains(words);
    assertThat(error.path("conversationId").asString("c")).isEqualTo("c");
    assertNothingChanged();
  }

  @Test
  void a_binary_frame_is_not_json() {
    client.socket().sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true).join();

    assertThat(client.next().path("message").asString()).startsWith("Invalid JSON");
    assertNothingChanged();
  }

  @Test
  void a_frame_of_a_megabyte_closes_its_socket_and_no_other() {
    try (var large = SocketClient.to(server)) {
      large.raw("{\"type\":\"" + "x".repeat(1 << 20) + "\"}");

      assertThat(large.closeCode()).isEqualTo(1009);
    }
    assertNothingChanged();
  }

  @Test
  void a_frame_of_the_maximum_size_is_handled() {
    client.raw("{\"type\":\"" + "x".repeat(60_000) + "\"}");

    assertThat(client.next().path("message").asString()).startsWith("type: expected at most 200");
    assertNothingChanged();
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        arguments("POST", "/chat", "", 400, "Invalid JSON"),
        arguments("POST", "/chat", "nothing", 400, "Invalid JSON"),
        arguments("POST", "/chat", "[]", 400, "expected an object"),
        arguments("POST", "/chat", "null", 400, "expected an object"),
        arguments("POST", "/chat", "{}", 400, "message"),
        arguments("POST", "/chat", "{'message':'  '}", 400, "message"),
        arguments("POST", "/chat", "{'message':7}", 400, "message"),
        arguments("POST", "/chat", "{'message':'hi','model':7}", 400, "model"),
        arguments("POST", "/chat", "{'message':'hi','cwd':[]}", 400, "cwd"),
        arguments("POST", "/chat", "{'message':'hi','conversationId':''}", 400, "conversationId"),
        arguments("POST", "/chat", "[".repeat(10_000), 400, "Invalid JSON"),
        arguments("POST", "/chat", "{'message':'" + "x".repeat(1 << 20) + "'}", 413, "65536"),
        arguments("POST", "/chat/warm", "{}", 400, "conversationId"),
        arguments("POST", "/chat/warm", "{'conversationId':''}", 400, "conversationId"),
        arguments("POST", "/chat/warm", "{'conversationId':'c','model':{}}", 400, "model"),
        arguments("GET", "/conversations/c?sinceSeq=x", "", 400, "sinceSeq"),
        arguments("GET", "/conversations/c?sinceSeq=-1", "", 400, "sinceSeq"),
        arguments("GET", "/conversations/c?sinceSeq=1.5", "", 400, "sinceSeq"),
        arguments("GET", "/conversations/" + "x".repeat(201), "", 400, "id: expected at most 200"),
        arguments("GET", "/conversations/a%00b", "", 400, ""),
        arguments("PUT", "/conversations/c/cwd", "{}", 400, "cwd"),
        arguments("PUT", "/conversations/c/cwd", "{'cwd':''}", 400, "cwd"),
        arguments("PUT", "/conversations/c/cwd", "{'cwd':7}", 400, "cwd"),
        arguments("PUT", "/conversations/c/cwd", "{'cwd':'a\\u0007b'}", 400, "cwd"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void a_bad_request_is_a_problem_that_front_ends_can_read(
      String method, String path, String body, int status, String words) {
    var answer =
        server.send(
            server
                .request(path)
                .method(
                    method,
                    java.net.http.HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));

    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.text("error")).contains(words).isEqualTo(answer.text("detail"));
    assertNothingChanged();
  }

  static Stream<Arguments> wishes() {
    return Stream.of(
        arguments("{'enabled':'yes'}", "enabled: expected true or false"),
        arguments("{'enabled':1}", "enabled: expected true or false"),
        arguments("{'interval':10}", "interval: expected a duration"),
        arguments("{'interval':'soon'}", "interval: expected a duration"),
        arguments("{'interval':'999ms'}", "interval: expected 1s to 24h, got 999ms"),
        arguments("{'interval':'25h'}", "interval: expected 1s to 24h"),
        arguments("{'intervall':'10s'}", "intervall: unknown; expected one of"),
        arguments("[true]", "body: expected"));
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void an_invalid_request_is_a_problem(String body, String words) {
    var answer = server.put("/api/prompts/conversations/c/warming", body.replace('\'', '"'));

    assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    assertThat(answer.text("detail")).contains(words);
    assertNothingChanged();
  }
}
