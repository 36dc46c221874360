package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonBufferTest {

  private final JsonBuffer json = new JsonBuffer(true);

  private String text() {
    return new String(json.toBytes(), UTF_8);
  }

  private String parsed() {
    try (var parser = new JsonFactory().createParser(ObjectReadContext.empty(), json.toBytes())) {
      parser.nextToken();
      return parser.getString();
    }
  }

  private void string(String value) throws UnreadableRowException {
    var bytes = ("--" + value + "--").getBytes(UTF_8);
    json.clear();
    json.string(bytes, 2, bytes.length - 4);
  }

  @Test
  void any_text_comes_back_from_a_parser_as_it_was() throws UnreadableRowException {
    var random = new Random(7);
    var alphabet = "aZ09 \"\\/\b\f\n\r\t\u0000\u001f\u007fäß中😀\u2028\u2029";
    var letters = alphabet.codePoints().toArray();
    for (int i = 0; i < 5_000; i++) {
      var value = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        value.appendCodePoint(letters[random.nextInt(letters.length)]);
      }

      string(value.toString());

      assertThat(parsed()).isEqualTo(value.toString());
    }
  }

  @Test
  void text_that_is_not_utf_8_is_refused() {
    var latin1 = new byte[] {'M', (byte) 0xfc, 'l', 'l'};

    assertThatThrownBy(() -> json.string(latin1, 0, latin1.length))
        .isInstanceOf(UnreadableRowException.class)
        .hasMessage("a column is not UTF-8");
    assertThatThrownBy(() -> json.json(latin1, 0, latin1.length))
        .isInstanceOf(UnreadableRowException.class);
  }

  @Test
  void a_uuid_has_its_usual_form() {
    var random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      var uuid = new UUID(random.nextLong(), random.nextLong());
      var bytes = ByteBuffer.allocate(17).put((byte) 0);
      bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
      json.clear();

      json.uuid(bytes.array(), 1);

      assertThat(text()).isEqualTo("\"" + uuid + "\"");
    }
  }

  @Test
  void a_moment_is_one_that_java_can_parse_to_the_microsecond() {
    var random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      long micros = random.nextLong(-60_000_000_000_000_000L, 900_000_000_000_000_000L);
      json.clear();

      json.instant(micros);

      var expected = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
      assertThat(Instant.parse(parsed())).isEqualTo(expected);
    }
  }

  @Test
  void a_moment_always_has_six_decimals() {
    json.instant(0);

    assertThat(text()).isEqualTo("\"1970-01-01T00:00:00.000000Z\"");
  }

  @Test
  void the_buffer_grows_with_what_is_written() throws UnreadableRowException {
    var large = "\u0001".repeat(100_000);

    string(large);

    assertThat(parsed()).isEqualTo(large);
  }
}
