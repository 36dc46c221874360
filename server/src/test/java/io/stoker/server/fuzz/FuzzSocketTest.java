package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Thousands of odd frames to a real server: who keeps to the protocol stays connected whatever he
/// says, who does not is told so, and nobody else notices.
///
/// A client that fails comes again with the system properties `fuzz.seed` and `fuzz.case`, such as
/// `viewer:17`; `fuzz.frames` sets how many frames there are for each caller.
@Tag("soak")
class FuzzSocketTest {

  private static final int FRAMES = Integer.getInteger("fuzz.frames", 2_000);
  private static final int FRAMES_EACH = 10;

  /// What a server may close a socket with: no fault of its own, and no silence.
  private static final Set<Integer> CLOSED_WITH =
      Set.of(1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009);

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path folder;

  private static FuzzedServer server;

  @BeforeAll
  static void start() {
    server = new FuzzedServer(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"viewer", "client", "operator"})
  void odd_frames_are_answered_or_close_their_own_socket_alone(String caller) throws IOException {
    var findings = new Findings();
    var frames = new OddFrames(FuzzedServer.SEED);
    var before = server.awaitQuiet();

    try (var watcher = new RawSocket(server.port(), server.token("viewer"))) {
      for (int number = 0; number < FRAMES / FRAMES_EACH; number++) {
        if (isLeftOut(caller, number)) {
          continue;
        }
        var sample = frames.sample(number, FRAMES_EACH);
        for (var fault : faults(sample, caller, watcher)) {
          findings.add("socket", fault, replay(caller, number, sample));
        }
      }
    }

    assertThat(findings.areNone()).as("%s", findings).isTrue();
    if (caller.equals("viewer")) {
      assertThat(server.awaitQuiet()).as("viewers change nothing").isEqualTo(before);
    }
    server.assertIsWell();
  }

  private static boolean isLeftOut(String caller, int number) {
    var only = System.getProperty("fuzz.case");
    return only != null && !only.equals(caller + ":" + number);
  }

  private static List<String> faults(OddFrames.Sample sample, String caller, RawSocket watcher) {
    var faults = new ArrayList<String>();
    try (var socket = new RawSocket(server.port(), server.token(caller))) {
      var heard = socket.say(sample.frames(), "the last");
      if (sample.isSound() ? heard.closeCode() != 0 : !isToldOf(heard.closeCode())) {
        faults.add("closed with " + heard.closeCode() + ", though sound: " + sample.isSound());
      }
      heard.texts().stream()
          .filter(text -> !isMessage(text))
          .forEach(text -> faults.add("no message: " + text));
      if (watcher.say(List.of(), "still there").closeCode() != 0) {
        faults.add("another's socket was closed");
      }
    } catch (SocketTimeoutException _) {
      faults.add("neither answered nor closed");
    } catch (IOException e) {
      faults.add("not opened: " + e);
    }
    server.log().take().forEach(line -> faults.add("logged " + line));
    return faults;
  }

  /// The word of a server that closes before it has read all may be lost on the way.
  private static boolean isToldOf(int closeCode) {
    return closeCode <= 0 || CLOSED_WITH.contains(closeCode);
  }

  private static boolean isMessage(String bytes) {
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1))).toString();
      return JSON.readTree(text).path("type").isString();
    } catch (CharacterCodingException | JacksonException _) {
      return false;
    }
  }

  private static String replay(String caller, int number, OddFrames.Sample sample) {
    return "  -Dfuzz.seed="
        + FuzzedServer.SEED
        + " -Dfuzz.case="
        + caller
        + ":"
        + number
        + "\n  "
        + sample.frames().stream()
            .map(frame -> Findings.shorten(Findings.printable(frame)))
            .toList();
  }
}
