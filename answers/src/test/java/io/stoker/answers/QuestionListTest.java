package io.stoker.answers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.answers.QuestionList.InvalidException.Code;
import io.stoker.answers.QuestionList.Limits;
import io.stoker.answers.QuestionList.Skipped;
import io.stoker.answers.QuestionList.WordedQuestion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuestionListTest {

  private static QuestionList read(String text) {
    return read(text.getBytes(UTF_8));
  }

  private static QuestionList read(byte[] text) {
    return read(new ByteArrayInputStream(text), Limits.STANDARD);
  }

  private static QuestionList read(InputStream text, Limits limits) {
    try {
      return QuestionListReader.read(text, limits, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static QuestionList.InvalidException refused(byte[] text) {
    return catchThrowableOfType(QuestionList.InvalidException.class, () -> read(text));
  }

  /// An endless stream of the same line that counts the bytes read.
  private static final class Endless extends InputStream {

    private final byte[] line;
    private long taken;

    Endless(String line) {
      this.line = line.getBytes(UTF_8);
    }

    @Override
    public int read() {
      return line[(int) (taken++ % line.length)];
    }

    @Override
    public int read(byte[] into, int from, int length) {
      for (int i = 0; i < length; i++) {
        into[from + i] = (byte) read();
      }
      return length;
    }
  }

  @Test
  void each_line_is_a_question() {
    var list = read("What is A?\n  What is B?  \r\nWhat is C?\rWhat is D?");

    assertThat(list.questions())
        .containsExactly("What is A?", "What is B?", "What is C?", "What is D?");
    assertThat(list.skipped()).isEmpty();
  }

  @Test
  void blank_lines_and_comments_are_ignored() {
    var list = read("# a comment\n\n   \n\u00A0\nWhat is A?\n  // another\n#\n/ is what?\n");

    assertThat(list.questions()).containsExactly("What is A?", "/ is what?");
    assertThat(list.skipped()).isEmpty();
  }

  @Test
  void a_byte_order_mark_is_stripped() {
    assertThat(read("\uFEFF# comment\nWhat is A?").questions()).containsExactly("What is A?");
    assertThat(read("\uFEFFWhat is A?").questions()).containsExactly("What is A?");
  }

  @Test
  void numbers_are_removed_if_most_lines_have_them() {
    assertThat(read("1. What is A?\n2) What is B?\n2024 budget?").questions())
        .containsExactly("What is A?", "What is B?", "2024 budget?");
  }

  @Test
  void numbers_stay_if_only_some_lines_have_them() {
    assertThat(read("2024. What came then?\nWhat is B?").questions())
        .containsExactly("2024. What came then?", "What is B?");
    assertThat(read("2024 budget?\n2023 budget?\n1.5 litres?").questions())
        .containsExactly("2024 budget?", "2023 budget?", "1.5 litres?");
  }

  @Test
  void bullets_are_removed_if_most_lines_have_them() {
    assertThat(read("# Questions\n- What is A?\n* What is B?\n-3 degrees?").questions())
        .containsExactly("What is A?", "What is B?", "-3 degrees?");
    assertThat(read("- What is A?\nWhat is B?\nWhat is C?").questions()).contains("- What is A?");
  }

  @Test
  void a_line_that_is_one_quoted_field_is_unquoted() {
    var list = read("\"What, exactly, is \"\"A\"\"?\"\n\"# of users?\"\n\"a\" or \"b\"?\n\"\"\n");

    assertThat(list.questions())
        .containsExactly("What, exactly, is \"A\"?", "# of users?", "\"a\" or \"b\"?");
  }

  @Test
  void duplicates_are_skipped_and_reported() {
    var list = read("What is A?\n\nplease: what is a\nWhat is B?");

    assertThat(list.questions()).containsExactly("What is A?", "What is B?");
    assertThat(list.skipped())
        .containsExactly(new Skipped(3, "please: what is a", "duplicates line 1"));
  }

  @Test
  void duplicates_can_be_kept() {
    var list = QuestionListReader.of(List.of("A?", "a", "?"), Limits.STANDARD, true);

    assertThat(list.questions()).containsExactly("A?", "a");
    assertThat(list.skipped()).containsExactly(new Skipped(3, "?", "has no letters or digits"));
  }

  @Test
  void long_skipped_lines_are_shortened() {
    var list = read("What?\n" + "?".repeat(200));

    assertThat(list.skipped())
        .containsExactly(new Skipped(2, "?".repeat(79) + "…", "has no letters or digits"));
  }

  @Test
  void texts_of_a_list_are_read_like_lines_and_may_hold_line_breaks() {
    var list =
        QuestionListReader.of(
            List.of(" 1. What\nis A? ", "2. B?", "# no", " "), Limits.STANDARD, false);

    assertThat(list.questions()).containsExactly("What\nis A?", "B?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only\n// comments", "???\n---", "\uFEFF"})
  void a_text_without_a_question_is_refused(String text) {
    var refused = refused(text.getBytes(UTF_8));

    assertThat(refused.code()).isEqualTo(Code.EMPTY);
    assertThat(refused.line()).isZero();
  }

  @Test
  void another_encoding_is_refused_with_its_line() {
    var latin = refused("What?\nWo ist das Café?\n".getBytes(ISO_8859_1));
    var utf16 = refused("What?".getBytes(UTF_16LE));
    var marked = refused(new byte[] {(byte) 0xFF, (byte) 0xFE, 'W', 0});
    var overlong = refused(new byte[] {'a', '\n', '\n', (byte) 0xC0, (byte) 0xAF});
    var surrogate = refused(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});

    assertThat(List.of(latin, utf16, marked, overlong, surrogate))
        .extracting(QuestionList.InvalidException::code)
        .containsOnly(Code.NOT_UTF8);
    assertThat(List.of(latin, utf16, marked, overlong, surrogate))
        .extracting(QuestionList.InvalidException::line)
        .containsExactly(2, 1, 1, 3, 1);
    assertThat(latin).hasMessageStartingWith("line 2: the text must be in UTF-8");
  }

  @Test
  void a_text_that_ends_within_a_character_is_refused_with_its_line() {
    var whole = "What?\nWas?\nWo ist das Café".getBytes(UTF_8);

    var refused = refused(Arrays.copyOf(whole, whole.length - 1));

    assertThat(refused.code()).isEqualTo(Code.NOT_UTF8);
    assertThat(refused).hasMessageContaining("line 3: ").hasMessageContaining("ends in the middle");
  }

  @Test
  void characters_across_two_reads_stay_whole() {
    for (int before = 8180; before < 8200; before++) {
      String text = "x".repeat(before) + "é€😀";

      var list =
          read(new ByteArrayInputStream(text.getBytes(UTF_8)), new Limits(100_000, 1, 10_000));

      assertThat(list.questions()).containsExactly(text);
    }
  }

  @Test
  void half_a_character_and_nul_are_refused_in_lists_too() {
    for (String text : List.of("What \uD83D?", "What\0")) {
      var refused =
          catchThrowableOfType(
              QuestionList.InvalidException.class,
              () -> QuestionListReader.of(List.of("What?", text), Limits.STANDARD, false));

      assertThat(refused.code()).isEqualTo(Code.NOT_UTF8);
      assertThat(refused.line()).isEqualTo(2);
    }
  }

  @Test
  void a_line_with_an_equals_sign_is_another_wording_of_the_question_above() {
    var list =
        read(
            """
            1. What is a TTL?
            # a comment
              = What does TTL mean?
            = "Define ""TTL\"""
            =not one
            2. What is B?
            """);

    assertThat(list.questions()).containsExactly("What is a TTL?", "=not one", "What is B?");
    assertThat(list.wordings())
        .isEqualTo(Map.of("What is a TTL?", List.of("What does TTL mean?", "Define \"TTL\"")));
    assertThat(list.skipped()).isEmpty();
  }

  @Test
  void a_wording_yields_to_every_question_and_to_earlier_wordings() {
    var list =
        read(
            """
            = of nothing
            What is A?
            = what is a
            = What is B
            = ?
            = A is what?
            What is B?
            = a is WHAT
            what is b
            = of a duplicate
            """);

    assertThat(list.questions()).containsExactly("What is A?", "What is B?");
    assertThat(list.wordings()).isEqualTo(Map.of("What is A?", List.of("A is what?")));
    assertThat(list.skipped())
        .containsExactly(
            new Skipped(1, "of nothing", "is a wording of a skipped question"),
            new Skipped(3, "what is a", "duplicates line 2"),
            new Skipped(4, "What is B", "duplicates line 7"),
            new Skipped(5, "?", "has no letters or digits"),
            new Skipped(8, "a is WHAT", "duplicates line 6"),
            new Skipped(9, "what is b", "duplicates line 7"),
            new Skipped(10, "of a duplicate", "is a wording of a skipped question"));
  }

  @Test
  void a_question_may_have_twenty_other_wordings_of_the_usual_length() {
    var most = IntStream.range(0, 20).mapToObj(i -> "= A is " + i + "?").toList();
    var text = "What is A?\n" + String.join("\n", most);

    assertThat(read(text).wordings().get("What is A?")).hasSize(20);
    var tooMany = refused((text + "\n= One more?").getBytes(UTF_8));
    assertThat(tooMany.code()).isEqualTo(Code.TOO_MANY);
    assertThat(tooMany.line()).isEqualTo(22);
    var tooLong = refused(("What?\n= " + "a".repeat(4_001)).getBytes(UTF_8));
    assertThat(tooLong.code()).isEqualTo(Code.TOO_LONG);
    assertThat(tooLong.line()).isEqualTo(2);
  }

  @Test
  void other_wordings_do_not_count_as_questions() {
    var text = new ByteArrayInputStream("A?\n= a1?\n= a2?\nB?\n= b1?".getBytes(UTF_8));

    var list = read(text, new Limits(1000, 2, 10));

    assertThat(list.questions()).containsExactly("A?", "B?");
    assertThat(list.wordings().values()).flatExtracting(all -> all).hasSize(3);
  }

  @Test
  void texts_come_with_other_wordings_of_their_own() {
    var list =
        QuestionListReader.ofWorded(
            List.of(
                new WordedQuestion("= What is A?", List.of(" A is what? ", "# no")),
                new WordedQuestion(" ", List.of("of nothing")),
                new WordedQuestion("What is B?", List.of("a is what"))),
            Limits.STANDARD,
            false);

    assertThat(list.questions()).containsExactly("= What is A?", "What is B?");
    assertThat(list.wordings()).isEqualTo(Map.of("= What is A?", List.of("A is what?")));
    assertThat(list.skipped()).containsExactly(new Skipped(3, "a is what", "duplicates line 1"));
  }

  @Test
  void as_many_questions_as_allowed_are_taken_and_one_more_is_refused() {
    var most = IntStream.range(0, 10_000).mapToObj(i -> "What is " + i + "?").toList();
    String text = String.join("\n", most);

    var list = read(text);
    var refused = refused((text + "\n\nOne more?").getBytes(UTF_8));

    assertThat(list.questions()).isEqualTo(most);
    assertThat(refused.code()).isEqualTo(Code.TOO_MANY);
    assertThat(refused.line()).isEqualTo(10_002);
  }

  @Test
  void a_question_may_be_as_long_as_allowed_and_no_longer() {
    var list = read("😀".repeat(3_999) + "a");
    var refused = refused(("What?\n" + "a".repeat(4_001)).getBytes(UTF_8));

    assertThat(list.questions().getFirst()).hasSize(7_999);
    assertThat(refused.code()).isEqualTo(Code.TOO_LONG);
    assertThat(refused.line()).isEqualTo(2);
  }

  @Test
  void a_text_may_have_as_many_bytes_as_allowed_and_no_more() {
    var limits = new Limits(10, 10, 10);

    assertThat(read(new ByteArrayInputStream("123456789a".getBytes(UTF_8)), limits).questions())
        .containsExactly("123456789a");
    var refused =
        catchThrowableOfType(
            QuestionList.InvalidException.class,
            () -> read(new ByteArrayInputStream("123456789\na".getBytes(UTF_8)), limits));
    assertThat(refused.code()).isEqualTo(Code.TOO_LARGE);
    assertThat(refused.line()).isZero();
  }

  @Test
  void reading_stops_at_the_first_error() {
    var comments = new Endless("# comment\n");
    var questions = new Endless("What is the answer to all that?\n");
    var longLine = new Endless("a");

    for (var endless : List.of(comments, questions, longLine)) {
      assertThat(
              catchThrowableOfType(
                  QuestionList.InvalidException.class, () -> read(endless, Limits.STANDARD)))
          .isNotNull();
    }

    assertThat(comments.taken).isLessThan(11 * 1024 * 1024);
    assertThat(questions.taken).isLessThan(400_000);
    assertThat(longLine.taken).isLessThan(30_000);
  }

  @Test
  void a_long_comment_is_ignored() {
    assertThat(read("#" + "x".repeat(5_000_000) + "\nWhat?").questions()).containsExactly("What?");
  }
}
