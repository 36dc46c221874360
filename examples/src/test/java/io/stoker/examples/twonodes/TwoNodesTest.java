package io.stoker.examples.twonodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.answers.Answer;
import io.stoker.answers.AnswerPipeline;
import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionReport;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TwoNodesTest {

  private static final int SESSIONS = 300;
  private static final List<String> QUESTIONS = TwoNodes.questions(40);

  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  private final CountDownLatch bothAtWork = new CountDownLatch(2);

  @AutoClose private Servers servers;
  @AutoClose private Node one;
  @AutoClose private Node other;

  @BeforeEach
  void start() {
    servers = TestServers.empty();
    SessionSchema.create(servers.dataSource());
    SessionSeed.of(4).sessions(SESSIONS).into(servers.dataSource());
    one = new Node(servers, new Patient());
    other = new Node(servers, new Patient());
  }

  @Test
  void one_warms_the_sessions_and_the_other_says_so() {
    var reports = TwoNodes.warmAtOnce(one, other);

    assertThat(reports)
        .extracting(SessionReport::state)
        .containsExactly(RunState.SKIPPED_OTHER_NODE, RunState.COMPLETED);
    assertThat(reports)
        .extracting(report -> report.counts().warmed())
        .containsExactly(0L, (long) SESSIONS);
  }

  @Test
  void both_work_off_the_queue_and_no_question_is_answered_twice() {
    var batch = one.submit(QUESTIONS);

    await().until(() -> other.batch(batch.id()).state().isOver());

    assertThat(other.batch(batch.id()).counts().completed()).isEqualTo(QUESTIONS.size());
    assertThat(asked).containsExactlyInAnyOrderElementsOf(QUESTIONS);
    assertThat(one.answered()).isPositive();
    assertThat(other.answered()).isPositive();
    assertThat(one.answered() + other.answered()).isEqualTo(QUESTIONS.size());
  }

  @Test
  void what_one_has_answered_the_other_serves() throws InterruptedException {
    var batch = one.submit(QUESTIONS);
    await().until(() -> one.batch(batch.id()).state().isOver());

    for (var question : QUESTIONS) {
      assertThat(one.ask(question).cached()).isTrue();
      assertThat(other.ask(question).cached()).isTrue();
    }
    assertThat(asked).hasSameSizeAs(QUESTIONS);
  }

  /// A node's pipeline, which answers nothing before each node has something to answer.
  private final class Patient implements AnswerPipeline {

    private final AtomicBoolean atWork = new AtomicBoolean();

    @Override
    public Answer answer(String question, String scope) throws InterruptedException {
      asked.add(question);
      if (atWork.compareAndSet(false, true)) {
        bothAtWork.countDown();
      }
      bothAtWork.await();
      return new Answer("Yes.", List.of(), 100, version(), "");
    }

    @Override
    public String version() {
      return "patient";
    }
  }
}
