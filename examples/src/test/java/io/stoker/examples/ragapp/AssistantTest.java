package io.stoker.examples.ragapp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AssistantTest {

  @AutoClose private RagApp application;
  @AutoClose private Assistant assistant;

  @BeforeEach
  void listen() throws IOException {
    application = new RagApp(0);
    assistant = new Assistant(application.uri());
  }

  @Test
  void a_warmed_question_is_answered_without_the_application() throws InterruptedException {
    var batch = assistant.warm(List.of("When do you open?", "Where can I park?"));

    var reply = assistant.ask("where can i PARK");

    assertThat(batch.counts().completed()).isEqualTo(2);
    assertThat(application.asked()).isEqualTo(2);
    assertThat(reply.cached()).isTrue();
    assertThat(reply.answer().text())
        .isEqualTo("Visitors park behind the house; it costs nothing.");
    assertThat(reply.answer().model()).isEqualTo("handbook");
    assertThat(reply.answer().sources())
        .extracting(Answer.Source::title)
        .containsExactly("Parking");
  }

  @Test
  void the_second_ask_of_a_question_that_was_not_warmed_is_cached() throws InterruptedException {
    var first = assistant.ask("Can I have a refund?");
    var second = assistant.ask("Can I have a refund?");

    assertThat(first.cached()).isFalse();
    assertThat(second.cached()).isTrue();
    assertThat(second.answer()).isEqualTo(first.answer());
    assertThat(application.asked()).isEqualTo(1);
  }

  @Test
  void what_the_application_is_not_sure_of_is_skipped_and_not_kept() throws InterruptedException {
    var batch = assistant.warm(List.of("Who won?"));

    assertThat(batch.counts().skipped()).isEqualTo(1);
    assertThat(assistant.ask("Who won?").cached()).isFalse();
    assertThat(assistant.ask("Who won?").cached()).isFalse();
  }

  @Test
  void the_program_tells_warm_answers_from_fresh_ones() throws Exception {
    var screen = new ByteArrayOutputStream();
    var out = System.out;
    System.setOut(new PrintStream(screen, true, UTF_8));
    try {
      Assistant.main(new String[0]);
    } finally {
      System.setOut(out);
    }

    assertThat(screen.toString(UTF_8).lines())
        .containsExactly(
            "warmed: 3 of 3",
            "cached:  Visitors park behind the house; it costs nothing.",
            "fresh:   You get a refund for a ticket until the day before.",
            "cached:  You get a refund for a ticket until the day before.",
            "the application was asked 4 times");
  }
}
