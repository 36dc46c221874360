package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Values that programs stumble over. All texts here are bytes: each character is one byte of what
/// is sent, so that what is not UTF-8 can be written, too.
final class OddValues {

  /// Numbers, as they stand in JSON or in a query; some are none.
  private static final List<String> NUMBERS =
      List.of(
          "-1",
          "0",
          "-0.0",
          "1.5",
          "1e2",
          "2147483648",
          "9223372036854775808",
          "-9223372036854775809",
          "1e400",
          "1e999999999",
          "-1e-999999999",
          "0.1e-2147483649",
          "9".repeat(1_001),
          "9".repeat(10_000),
          "0." + "3".repeat(10_000),
          "1e" + "9".repeat(1_000),
          "NaN",
          "-Infinity",
          "0x10",
          "010",
          "1_000",
          "+1",
          "1,5",
          "%D9%A3");

  /// What stands between the quotes of a text in JSON.
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\\u0000",
          "a\\u0000b",
          "\\ud83d",
          "a\\udc00b",
          "\\udc00\\ud83d",
          "\\ud83d\\ude00",
          "\u0000",
          "\n",
          "\u00ff\u00fe",
          "\u00c0\u00af",
          "\u00ed\u00a0\u00bd",
          "\u00f4\u0090\u0080\u0080",
          "\u00e2\u0082",
          "\\u001b[31m",
          "\\u202e",
          "\\u2028",
          "\\r\\nX-Injected: 1",
          "\\",
          "\\x",
          "\\u12",
          "../../../../etc/passwd",
          "'; DROP TABLE query; --",
          "${jndi:ldap://127.0.0.1/x}",
          "%s%n%x",
          "<script>alert(1)</script>",
          "x".repeat(201),
          "x".repeat(5_000),
          bytes("é".repeat(3_000)),
          bytes("\uD83D\uDE00".repeat(120)),
          "-1s",
          "1000000h",
          "P1D",
          "0",
          "null",
          "9".repeat(400));

  /// Whole values in JSON; some are none.
  private static final List<String> FRAGMENTS =
      List.of(
          "null",
          "true",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "{\"a\":{}}",
          "{\"a\":1,\"a\":2}",
          "{\"\":0}",
          "{\"\\u0000\":0}",
          "{\"\\ud83d\":0}",
          "[".repeat(10_000),
          "[".repeat(500) + "]".repeat(500),
          "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000),
          "[" + "1,".repeat(20_000) + "1]",
          "[" + "\"x\",".repeat(2_000) + "\"x\"]",
          "[" + "{},".repeat(2_000) + "{}]",
          "{" + "\"k\":1,".repeat(3_000) + "\"k\":1}",
          "",
          "undefined",
          "'x'",
          "/* x */ 1",
          "\u00ff");

  /// Parts of a path or a query, as they stand there.
  private static final List<String> ENCODED =
      List.of(
          "",
          "%",
          "%z",
          "%zz",
          "%0",
          "%00",
          "a%00b",
          "%0d%0aX-Injected:%201",
          "%1b%5b31m",
          "%ff",
          "%c0%af",
          "%e2%82",
          "%ed%a0%bd",
          "%ed%b0%80",
          "%f0%9f%98%80",
          "%f4%90%80%80",
          "%u0041",
          "%2e%2e",
          "..",
          ".",
          "%2f",
          "%2F..%2F",
          "%5c",
          ";x=1",
          "a;x=%ff",
          "%3b",
          "%25",
          "%2500",
          "%E2%80%AE",
          "%E2%80%A8",
          "+",
          "*",
          "\u0001",
          "x".repeat(201),
          "x".repeat(5_000),
          "x".repeat(9_000),
          "%41".repeat(1_000),
          "1".repeat(400),
          "-1",
          "1.5",
          "9223372036854775808",
          "NaN",
          "null",
          "true");

  /// What must not stand in a path or a query as it is.
  private static final List<String> UNENCODED =
      List.of("{id}", "|", "^", "\"", "\\", "<x>", "\u00ff", "\u00c3\u00a9", "\u0001", "\t");

  /// Values of headers.
  private static final List<String> HEADERS =
      List.of(
          "",
          " ",
          ",",
          ";",
          "*",
          "*/*",
          "*/*;q=x",
          "image/png",
          "text/",
          "/",
          "application/json",
          "application/json; charset=utf-16",
          "application/json; charset=none-such",
          "application/json; charset=\"",
          "application/problem+json",
          "application/x-www-form-urlencoded",
          "application/x-www-form-urlencoded; charset=none-such",
          "multipart/form-data",
          "multipart/form-data; boundary=",
          "multipart/form-data; boundary=x",
          "multipart/form-data; boundary=" + "x".repeat(5_000),
          "multipart/form-data; boundary=\"\u00ff\"",
          "multipart/mixed; boundary=x",
          "text/plain",
          "text/event-stream",
          "gzip",
          "identity;q=0",
          "bytes=0-0",
          "bytes=5-1,0-0," + "1-2,".repeat(200),
          "Thu, 01 Jan 1970 00:00:00 GMT",
          "yesterday",
          "W/\"x\"",
          "null",
          "true",
          "http://evil.example",
          "127.0.0.1",
          "127.0.0.1:99999",
          "[::1",
          "a b",
          "user@host",
          "Bearer",
          "Bearer ",
          "Basic eDp5",
          "Bearer " + "x".repeat(3_000),
          "Bearer \u00ff",
          "1",
          "-1",
          "9".repeat(30),
          "\u00ff\u00fe",
          "a\u0001b",
          "a\tb",
          "a\u0000b",
          "a\rb",
          "100-continue",
          "banana",
          "x".repeat(7_000),
          "x".repeat(20_000),
          "zz-zz-zz;q=2",
          "a=b; ".repeat(300),
          "=; =; a=\"",
          "for=127.0.0.1;proto=https",
          "https",
          "/stoker");

  private OddValues() {}

  /// A text as the bytes of its UTF-8.
  static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  static <T> T oneOf(SplittableRandom random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /// Something in the place of a value in JSON.
  static String json(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> oneOf(random, NUMBERS);
      case 1 -> '"' + oneOf(random, TEXTS) + '"';
      default -> oneOf(random, FRAGMENTS);
    };
  }

  /// Something in the place of a part of a path or a query.
  static String encoded(SplittableRandom random) {
    return switch (random.nextInt(12)) {
      case 0 -> oneOf(random, UNENCODED);
      case 1, 2, 3 -> oneOf(random, NUMBERS);
      default -> oneOf(random, ENCODED);
    };
  }

  static String header(SplittableRandom random) {
    return oneOf(random, HEADERS);
  }

  /// A text with one odd thing done to it: cut, doubled, bytes changed or put in.
  static String mangled(SplittableRandom random, String text) {
    int at = text.isEmpty() ? 0 : random.nextInt(text.length());
    var before = text.substring(0, at);
    var rest = text.substring(at);
    return switch (random.nextInt(6)) {
      case 0 -> before;
      case 1 -> rest;
      case 2 -> text + text;
      case 3 -> before + (char) random.nextInt(256) + rest;
      case 4 -> before + (char) random.nextInt(256) + (rest.isEmpty() ? "" : rest.substring(1));
      default -> before + oneOf(random, TEXTS) + rest;
    };
  }

  /// The places in a JSON text at which a value begins and ends, for texts without blanks in odd
  /// places.
  static List<int[]> values(String json) {
    var found = new ArrayList<int[]>();
    var open = new ArrayList<Integer>();
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '"') {
        int end = endOfText(json, i);
        found.add(new int[] {i, end});
        i = end - 1;
      } else if (c == '{' || c == '[') {
        open.add(i);
      } else if ((c == '}' || c == ']') && !open.isEmpty()) {
        found.add(new int[] {open.removeLast(), i + 1});
      } else if (Character.isLetterOrDigit(c) || c == '-') {
        int end = i;
        while (end < json.length() && ",]} \n".indexOf(json.charAt(end)) < 0) {
          end++;
        }
        found.add(new int[] {i, end});
        i = end - 1;
      }
    }
    return found;
  }

  private static int endOfText(String json, int start) {
    int i = start + 1;
    while (i < json.length() && json.charAt(i) != '"') {
      i += json.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(json.length(), i + 1);
  }
}
