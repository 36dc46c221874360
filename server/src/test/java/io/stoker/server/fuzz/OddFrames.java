package io.stoker.server.fuzz;

import static io.stoker.server.fuzz.OddValues.bytes;
import static io.stoker.server.fuzz.OddValues.oneOf;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What clients of a socket may send, and what they must not. The same seed and number give the
/// same frames.
final class OddFrames {

  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int LAST = 0x80;

  /// The longest message that is read, in characters.
  private static final int LARGEST = 64 * 1024;

  private static final List<String> MESSAGES =
      List.of(
          "{\"type\":\"subscribe\",\"surfaceId\":\"cache-warming\",\"conversationId\":\"a-chat\"}",
          "{\"type\":\"unsubscribe\",\"surfaceId\":\"cache-warming\",\"conversationId\":\"a-chat\"}",
          "{\"type\":\"subscribe\",\"surfaceId\":\"loaded-extensions\"}",
          "{\"type\":\"invoke\",\"surfaceId\":\"cache-warming\",\"conversationId\":\"odd\","
              + "\"actionId\":\"cache-warming/toggle\",\"payload\":true}",
          "{\"type\":\"invoke\",\"surfaceId\":\"cache-warming\",\"conversationId\":\"odd\","
              + "\"actionId\":\"cache-warming/set-interval\",\"payload\":240}",
          "{\"type\":\"invoke\",\"surfaceId\":\"cache-warming\",\"conversationId\":\"odd\","
              + "\"actionId\":\"cache-warming/warm\",\"payload\":null}",
          "{\"type\":\"chat.subscribe\",\"conversationId\":\"a-chat\"}",
          "{\"type\":\"chat.unsubscribe\",\"conversationId\":\"a-chat\"}",
          "{\"type\":\"chat.send\",\"conversationId\":\"odd\",\"message\":\"Hello\","
              + "\"model\":\"none-such\",\"cwd\":\"/x\"}");

  private final long seed;

  OddFrames(long seed) {
    this.seed = seed;
  }

  /// What one client sends, one frame after another.
  ///
  /// @param frames a character for each byte
  /// @param isSound whether all of it keeps to the protocol, so that the socket must stay open
  record Sample(List<String> frames, boolean isSound) {}

  Sample sample(int number, int count) {
    var random = new SplittableRandom(seed ^ number * 0x9E3779B97F4A7C15L);
    var draft = new Draft(random);
    // Half of all clients keep to the protocol, whatever they say.
    var isSound = random.nextBoolean();
    while (draft.frames.size() < count) {
      if (isSound || random.nextInt(3) > 0) {
        draft.message();
      } else {
        draft.broken();
      }
    }
    return new Sample(draft.frames, draft.isSound);
  }

  /// A ping that comes last, and is answered when all before it has been read.
  static String ping(String word) {
    return frame(LAST | PING, word, 0x01020304);
  }

  private static String frame(int first, String payload, int mask) {
    var frame = new StringBuilder().append((char) first);
    int length = payload.length();
    if (length < 126) {
      frame.append((char) (0x80 | length));
    } else if (length < 65_536) {
      frame.append((char) (0x80 | 126)).append((char) (length >> 8)).append((char) (length & 0xff));
    } else {
      frame.append((char) (0x80 | 127)).append("\0\0\0\0");
      for (int shift = 24; shift >= 0; shift -= 8) {
        frame.append((char) (length >> shift & 0xff));
      }
    }
    return frame + masked(payload, mask);
  }

  private static String masked(String payload, int mask) {
    var all = new StringBuilder();
    for (int shift = 24; shift >= 0; shift -= 8) {
      all.append((char) (mask >>> shift & 0xff));
    }
    for (int i = 0; i < payload.length(); i++) {
      all.append((char) (payload.charAt(i) ^ (mask >>> (24 - 8 * (i % 4)) & 0xff)));
    }
    return all.toString();
  }

  private static final class Draft {

    private final SplittableRandom random;
    private final List<String> frames = new ArrayList<>();
    private boolean isSound = true;

    Draft(SplittableRandom random) {
      this.random = random;
    }

    private void add(int first, String payload) {
      frames.add(frame(first, payload, random.nextInt()));
    }

    /// A message in one frame or several, with what may come in between.
    void message() {
      switch (random.nextInt(8)) {
        case 0 -> add(LAST | BINARY, OddValues.json(random));
        case 1 -> control();
        case 2, 3 -> inPieces();
        default -> {
          var text = text();
          isSound &= isReadable(text);
          add(LAST | TEXT, text);
        }
      }
    }

    private void control() {
      var payload = "x".repeat(random.nextInt(126));
      add(LAST | (random.nextBoolean() ? PING : PONG), payload);
    }

    /// Cut anywhere, also in the middle of a character.
    private void inPieces() {
      var text = text();
      isSound &= isReadable(text);
      int cut = random.nextInt(text.length() + 1);
      add(TEXT, text.substring(0, cut));
      if (random.nextBoolean()) {
        control();
      }
      if (random.nextBoolean()) {
        add(0, "");
      }
      add(LAST, text.substring(cut));
    }

    private String text() {
      var text = oneOf(random, MESSAGES);
      var values = OddValues.values(text);
      return switch (random.nextInt(8)) {
        case 0 -> text;
        case 1 -> OddValues.mangled(random, text);
        case 2 -> bytes("{\"type\":\"" + "\uD83D\uDE00".repeat(20) + "\"}");
        case 3 -> text + " ".repeat(random.nextInt(3 * LARGEST));
        default -> {
          var value = oneOf(random, values);
          yield text.substring(0, value[0]) + OddValues.json(random) + text.substring(value[1]);
        }
      };
    }

    private static boolean isReadable(String text) {
      try {
        var read = UTF_8.newDecoder().decode(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        return read.length() <= LARGEST;
      } catch (CharacterCodingException _) {
        return false;
      }
    }

    /// What the protocol forbids.
    void broken() {
      isSound = false;
      switch (random.nextInt(12)) {
        case 0 -> add(LAST | 3 + random.nextInt(5), "x");
        case 1 -> add(LAST | 11 + random.nextInt(5), "x");
        case 2 -> add(LAST | TEXT | 0x10 << random.nextInt(3), "{}");
        case 3 -> frames.add("\u0081\u0002{}");
        case 4 -> add(PING, "x");
        case 5 -> add(LAST | PING, "x".repeat(126 + random.nextInt(70_000)));
        case 6 -> add(LAST, "{}");
        case 7 -> {
          add(TEXT, "{");
          add(LAST | TEXT, "}");
        }
        case 8 -> frames.add("\u0081\u00ff" + "\u00ff".repeat(8) + masked("{}", random.nextInt()));
        case 9 ->
            frames.add("\u0081\u00ff" + "\0\0\0\u0001\0\0\0\0" + masked("{}", random.nextInt()));
        case 10 -> {
          int code = oneOf(random, List.of(0, 999, 1000, 1001, 1004, 1005, 1006, 1015, 5000));
          add(
              LAST | CLOSE,
              "" + (char) (code >> 8) + (char) (code & 0xff) + OddValues.header(random));
        }
        default -> add(LAST | CLOSE, random.nextBoolean() ? "" : "\u0003");
      }
    }
  }
}
