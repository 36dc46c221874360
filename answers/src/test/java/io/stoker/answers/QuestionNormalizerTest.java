package io.stoker.answers;

import static io.stoker.answers.QuestionNormalizer.normal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuestionNormalizerTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "What is the budget?|what is the budget",
        "WHAT  is\tthe budget|what is the budget",
        "What is the budget?!?!|what is the budget",
        "What is the budget ?|what is the budget",
        "What is the budget...|what is the budget",
        "What is the budget…|what is the budget",
        "\"What is the budget?\"|what is the budget",
        "“What is the budget?”|what is the budget",
        "**What is the budget?**|what is the budget",
        "(what is the budget)|what is the budget",
        "- what is the budget|what is the budget",
        "¿What is the budget?|what is the budget",
        "Ｗｈａｔ　ｉｓ the budget？|what is the budget",
        "What\u00A0is the\u200B bud\u00ADget?|what is the budget",
        "What’s the budget?|what's the budget",
        "Please, what is the budget?|what is the budget",
        "please what is the budget|what is the budget",
        "Hi, what is the budget?|what is the budget",
        "Hello! What is the budget?|what is the budget",
        "hello what is the budget|what is the budget",
        "Hi there, can you please tell me what is the budget?|what is the budget",
        "Could you tell me what is the budget?|what is the budget",
        "Could you please tell me: what is the budget?|what is the budget",
        "Tell me what is the budget|what is the budget",
        "I'd like to know what is the budget|what is the budget",
        "Can you explain the budget?|explain the budget",
        "Bitte, was ist das Budget?|was ist das budget",
        "Guten Tag, können Sie mir bitte sagen, was das Budget ist?|was das budget ist",
        "Wait... what is it?|wait. what is it",
        "Café|cafe\u0301",
        "Was kostet das Ge\u00ADrät?|was kostet das gerät",
        "２０２４ budget|2024 budget",
        "−3 degrees|-3 degrees",
        "What is x²?|what is x^2",
      })
  void questions_that_differ_only_in_form_have_the_same_normal_form(String one, String other) {
    assertThat(normal(one)).isEqualTo(normal(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "2023 budget?|2024 budget?",
        "What is allowed?|What is not allowed?",
        "Can you not tell me the price?|Can you tell me the price?",
        "please do not delete it|please do delete it",
        "Is it safe?|Isn't it safe?",
        "What is the max size?|What is the min size?",
        "What is C?|What is C++?",
        "What is C?|What is C#?",
        "What is C++?|What is C+?",
        "What is .NET?|What is net?",
        ".NET releases|net releases",
        "1.5 litres|15 litres",
        "1.5 litres|1,5 litres",
        "1,000.5 euro|1.000.5 euro",
        "1,000 euro|1000.0 euro",
        "What is 5%?|What is 5?",
        "What is -3 + 4?|What is 3 + 4?",
        "-3 degrees|3 degrees",
        "- 3 degrees|3 degrees",
        "What is $5?|What is €5?",
        "What is 10²?|What is 102?",
        "What is 10⁻³?|What is 10-3?",
        "1½ cups|11⁄2 cups",
        "What is 5!|What is 5",
        "What does cd .. do?|What does cd . do?",
        "What is ..?|What is .?",
        "Who wrote Hello, world?|Who wrote world?",
        "Hello, world in C|world in C",
        "hi-fi systems|fi systems",
        "Hello Kitty|Kitty",
        "pleased customers|d customers",
        "please.com owner|.com owner",
        "in Maßen|in Massen",
        "schon|schön",
        "resume|résumé",
        "Does A sue B?|Does B sue A?",
        "on 1/2/2024|on 2/1/2024",
        "can you swim?|swim?",
        "--force|-force",
        "\"A\" or \"B\"|A or B",
        "f(x)|f x",
      })
  void questions_of_different_meaning_have_different_normal_forms(String one, String other) {
    assertThat(normal(one)).isNotEqualTo(normal(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,000.5",
        "-3",
        "5%",
        "c++",
        "c#",
        ".net",
        "don't",
        "a/b",
        "c:\\temp",
        "3 > 2",
        "not"
      })
  void numbers_names_and_negations_stay_as_they_are(String text) {
    assertThat(normal(text)).isEqualTo(text);
    assertThat(normal("What is " + text + "?")).isEqualTo("what is " + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"please", "hello", "bitte", "tell me", "hi there"})
  void a_polite_phrase_alone_is_a_question_too(String text) {
    assertThat(normal(text)).isEqualTo(text);
    assertThat(normal(text + "!")).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "?",
        "...",
        "***",
        "---",
        "===",
        "\"\"",
        "( )",
        "-",
        "|---|---|",
        "\u200B"
      })
  void marks_alone_have_no_normal_form(String text) {
    assertThat(normal(text)).isEmpty();
  }

  @Test
  void normalizing_is_idempotent() {
    String[] parts = {
      "please",
      "Hi",
      "hello",
      "could you",
      "tell me",
      "what",
      "IS",
      "İ",
      "ß",
      "Σ",
      "ﬁ",
      "½",
      "10",
      "²",
      "₂",
      "①",
      "-",
      "–",
      "...",
      ".",
      "?",
      "!",
      ",",
      ":",
      "\"",
      "“",
      "'",
      "’",
      "(",
      ")",
      "[",
      "*",
      "#",
      "C++",
      " ",
      " ",
      " ",
      "\t",
      "\u00A0",
      "\u200B",
      "\u00AD",
      "e\u0301",
      "\u0301",
      "한",
      "👍",
      "¿",
      "«",
      "»",
      "`",
      "world",
      "Å",
      "ǆ",
      "Ⅷ",
      "™",
      "ⅷ",
      "\uFE0F",
      "‽",
      "there"
    };
    var random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(12); j >= 0; j--) {
        text.append(parts[random.nextInt(parts.length)]);
      }

      String form = normal(text.toString());

      assertThat(normal(form)).as("of <%s>", text).isEqualTo(form);
    }
  }
}
