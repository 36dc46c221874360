package io.stoker.answers.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.stoker.answers.AnswerDocuments.Document;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PassageSplitterTest {

  @Test
  void a_short_text_is_one_passage() {
    assertThat(split("One.\n\nTwo."))
        .extracting(Passage::headings, Passage::text)
        .containsExactly(tuple("", "One.\n\nTwo."));
  }

  @Test
  void passages_have_the_headings_of_their_section() {
    var passages =
        split(
            """
            # Cache
            About.
            ## Life
            Long.
            ### Longer ###
            Very.
            ## Death
            Sudden.
            """);

    assertThat(passages)
        .extracting(Passage::headings)
        .containsExactly("Cache", "Cache › Life", "Cache › Life › Longer", "Cache › Death");
    assertThat(passages)
        .extracting(Passage::text)
        .containsExactly("About.", "Long.", "Very.", "Sudden.");
  }

  @Test
  void long_headings_are_shortened() {
    var passages = split("# " + "x".repeat(1_000_000) + "\n" + "Many words. ".repeat(10_000));

    assertThat(passages).hasSizeGreaterThan(100);
    assertThat(passages).allSatisfy(passage -> assertThat(passage.headings()).hasSizeLessThan(300));
  }

  @Test
  void a_mark_followed_by_blanks_is_not_a_heading() {
    var passages = split("# One\nText.\n#" + " ".repeat(300) + "\u2028\nMore.");

    assertThat(passages).extracting(Passage::headings).containsOnly("One");
  }

  @Test
  void the_number_of_passages_of_a_document_is_limited() {
    assertThat(split("# a\nb\n".repeat(PassageSplitter.MAX_PASSAGES + 10)))
        .hasSize(PassageSplitter.MAX_PASSAGES);
  }

  @Test
  void a_comment_in_a_code_block_is_not_a_heading() {
    var passages = split("# Run\n```\n# not a heading\nmake\n```\n");

    assertThat(passages).hasSize(1);
    assertThat(passages.getFirst().text()).contains("# not a heading");
  }

  @Test
  void a_section_that_is_too_long_is_split_between_paragraphs() {
    var paragraph = "a".repeat(300);

    var passages = split(String.join("\n\n", List.of(paragraph, paragraph, paragraph)));

    assertThat(passages).extracting(passage -> passage.text().length()).containsExactly(602, 300);
  }

  @Test
  void a_passage_begins_with_the_last_sentence_of_the_one_before() {
    var text = "Long ago. ".repeat(75) + "The lamp was lit.\n\n" + "It burned. ".repeat(40).strip();

    var passages = split(text);

    assertThat(passages.get(1).text()).startsWith("The lamp was lit.\n\nIt burned.");
  }

  @Test
  void an_empty_text_has_no_passages() {
    assertThat(split("")).isEmpty();
    assertThat(split(" \n\n# Only a heading\n")).isEmpty();
  }

  @Test
  void every_word_of_a_text_is_in_a_passage_and_every_passage_in_the_text() {
    for (int seed = 0; seed < 300; seed++) {
      var text = randomText(new Random(seed));

      var passages = split(text);

      assertThat(passages)
          .as("seed %d", seed)
          .allSatisfy(passage -> {
            assertThat(text).contains(passage.text());
            assertThat(passage.text()).hasSizeBetween(1, PassageSplitter.MAX_LENGTH);
          });
      var all = new StringBuilder();
      passages.forEach(passage -> all.append(passage.text()).append('\n'));
      assertThat(text.lines().filter(line -> !line.startsWith("#")))
          .as("seed %d", seed)
          .flatMap(line -> List.of(line.strip().split("\\s+", -1)))
          .filteredOn(word -> word.length() < PassageSplitter.MAX_LENGTH / 4)
          .allSatisfy(word -> assertThat(all.toString()).contains(word));
    }
  }

  /// Distinct words, between all kinds of separators.
  private static String randomText(Random random) {
    var separators =
        List.of(" ", " ", " ", " ", ". ", "! ", "\n", "\n\n", "\r\n", "\n \n", "\n## ");
    var text = new StringBuilder();
    for (int i = random.nextInt(600); i > 0; i--) {
      var word = random.nextInt(100) == 0 ? "ü🔥".repeat(random.nextInt(900)) : "w" + i;
      text.append(word).append(separators.get(random.nextInt(separators.size())));
    }
    return text.toString();
  }

  private static List<Passage> split(String text) {
    return PassageSplitter.split(new Document("d", 1, "D", "", text, Instant.EPOCH));
  }
}
