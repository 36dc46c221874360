package io.stoker.examples.twonodes;

import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerPipeline;
import io.stoker.examples.Servers;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionReport;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Two nodes on one Postgres and one Redis: one warms the sessions while the other skips them, both
/// answer questions, and nothing is done twice.
public final class TwoNodes {

  private static final Time TIME = Time.system();

  private TwoNodes() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (var servers = Servers.fresh()) {
      SessionSchema.create(servers.dataSource());
      SessionSeed.of(1).into(servers.dataSource());
      try (var one = new Node(servers, new EchoPipeline());
          var other = new Node(servers, new EchoPipeline())) {
        for (var report : warmAtOnce(one, other)) {
          System.out.println(
              report.state().label() + ": " + report.counts().warmed() + " sessions warmed here");
        }
        var batch = one.submit(questions(40));
        while (!batch.state().isOver()) {
          TIME.pause(Duration.ofMillis(100));
          batch = other.batch(batch.id());
        }
        System.out.println(
            one.answered() + " questions answered here, " + other.answered() + " there");
      }
    }
  }

  /// Warms with one node, and tries with the other during that run.
  ///
  /// @return the reports of both
  static List<SessionReport> warmAtOnce(Node one, Node other) {
    var reports = new ArrayList<SessionReport>();
    reports.add(
        one.warm(
            new SessionEvents() {
              @Override
              public void progress(WarmCounts counts, Duration took) {
                if (reports.isEmpty()) {
                  reports.add(other.warm(SessionEvents.none()));
                }
              }
            }));
    return reports;
  }

  static List<String> questions(int count) {
    return IntStream.rangeClosed(1, count).mapToObj("What is %d plus one?"::formatted).toList();
  }

  /// A slow pipeline that answers with the question.
  private record EchoPipeline() implements AnswerPipeline {

    @Override
    public Answer answer(String question, String scope) throws InterruptedException {
      TIME.pause(Duration.ofMillis(50));
      return new Answer("You ask: " + question, List.of(), 100, version(), "");
    }

    @Override
    public String version() {
      return "echo";
    }
  }
}
