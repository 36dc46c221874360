package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.fuzz.OddRequests.Sample;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Thousands of odd requests of everybody to a real server, over connections of their own: each is
/// answered, none is a fault of the server's, each refusal says why, and what is refused has
/// changed nothing.
///
/// A case that fails comes again with the system properties `fuzz.seed` and `fuzz.case`, such as
/// `viewer:17`; `fuzz.requests` sets how many there are for each caller.
@Tag("soak")
class FuzzTest {

  private static final int REQUESTS = Integer.getInteger("fuzz.requests", 3_000);
  private static final int SMALL = 8_000;
  private static final int AGAIN = 3;

  /// Statuses above 499 that tell of the request, and not of a fault: methods, encodings and
  /// versions of HTTP that there are not.
  private static final Set<Integer> NOT_SUPPORTED = Set.of(501, 505);

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path folder;

  private static FuzzedServer server;
  private static OddRequests requests;

  @BeforeAll
  static void start() {
    server = new FuzzedServer(folder);
    var ids = List.of("1", "a-document", "a-chat", "2", "none-such");
    requests = new OddRequests(FuzzedServer.SEED, server.get("/v3/api-docs"), ids);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<String> callers() {
    return FuzzedServer.callers();
  }

  @ParameterizedTest
  @MethodSource("callers")
  void every_odd_request_is_answered_and_no_refused_one_changes_anything(String caller) {
    var findings = new Findings();

    for (int number : numbers(caller)) {
      var sample = requests.sample(caller, number, server.token(caller));
      for (var fault : faults(sample)) {
        findings.add(sample.name(), fault, replay(caller, number, sample));
      }
    }

    assertThat(findings.areNone()).as("%s", findings).isTrue();
    server.assertIsWell();
  }

  private static int[] numbers(String caller) {
    var only = System.getProperty("fuzz.case");
    if (only == null) {
      return IntStream.range(0, REQUESTS).toArray();
    }
    return only.startsWith(caller + ":")
        ? new int[] {Integer.parseInt(only.substring(caller.length() + 1))}
        : new int[0];
  }

  private static RawCall.Reply send(Sample sample) throws IOException {
    return RawCall.send(server.port(), sample.bytes(), sample.isHttp(), sample.hasBody());
  }

  private static List<String> faults(Sample sample) {
    var before = server.state().version();
    RawCall.Reply reply;
    try {
      reply = send(sample);
    } catch (SocketTimeoutException _) {
      return List.of("no answer within a minute");
    } catch (IOException | NumberFormatException e) {
      return List.of("no connection, or an answer that is not HTTP: " + e);
    }
    var faults = new ArrayList<String>();
    complaint(sample, reply).ifPresent(faults::add);
    if ((reply.status() >= 400 || sample.isSafe()) && server.state().version() != before) {
      changes(sample).ifPresent(faults::add);
    }
    server.log().take().forEach(line -> faults.add("logged " + line));
    return faults;
  }

  /// What is wrong with an answer.
  private static Optional<String> complaint(Sample sample, RawCall.Reply reply) {
    int status = reply.status();
    if (status == 0) {
      // What a server does not read of a large request may cost its client the answer to it.
      return sample.isHttp() && sample.bytes().length() < SMALL
          ? Optional.of("closed without an answer")
          : Optional.empty();
    }
    if (status < 400) {
      return Optional.empty();
    }
    var told = "status " + status + " " + reply.body();
    if (status >= 500 && !NOT_SUPPORTED.contains(status) && !isDocumented(reply)) {
      return Optional.of(told);
    }
    if (!reply.header("content-type").startsWith("application/problem+json")) {
      return Optional.of("no problem but '" + reply.header("content-type") + "': " + told);
    }
    return sample.hasBody() && !isProblem(reply)
        ? Optional.of("half a problem: " + told)
        : Optional.empty();
  }

  private static boolean isDocumented(RawCall.Reply reply) {
    return reply.status() == 503 && reply.body().contains("\"code\":\"not-configured\"");
  }

  private static boolean isProblem(RawCall.Reply reply) {
    try {
      var problem = JSON.readTree(reply.body().getBytes(ISO_8859_1));
      return problem.path("status").asInt(0) == reply.status()
          && !problem.path("title").asString("").isEmpty()
          && !problem.path("detail").asString("").isEmpty()
          && !problem.path("code").asString("").isEmpty();
    } catch (JacksonException _) {
      return false;
    }
  }

  /// Something was written while a request was refused, or only looked: by the request, if it is so
  /// whenever it comes again while nothing else goes on.
  private static Optional<String> changes(Sample sample) {
    var changed = Set.<String>of();
    for (int i = 0; i < AGAIN; i++) {
      var before = server.awaitQuiet();
      try {
        if (send(sample).status() < 400 && !sample.isSafe()) {
          return Optional.empty();
        }
      } catch (IOException e) {
        return Optional.of("not answered when it came again: " + e);
      }
      var after = server.state().digest();
      after.entrySet().removeAll(before.entrySet());
      changed = after.keySet();
      if (changed.isEmpty()) {
        return Optional.empty();
      }
    }
    return Optional.of("refused, and yet changed " + changed);
  }

  /// How to see it again.
  private static String replay(String caller, int number, Sample sample) {
    var bytes = sample.bytes().getBytes(ISO_8859_1);
    var encoded = Base64.getEncoder().encodeToString(bytes);
    return "  -Dfuzz.seed="
        + FuzzedServer.SEED
        + " -Dfuzz.case="
        + caller
        + ":"
        + number
        + "\n  "
        + Findings.shorten(Findings.printable(sample.bytes()))
        + (bytes.length > SMALL
            ? "\n  " + bytes.length + " bytes"
            : "\n  echo " + encoded + " | base64 -d | nc 127.0.0.1 PORT");
  }
}
