package io.stoker.server.overview;

import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.SessionWire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JSON of the overview, with the conventions of [SessionWire]. Unknown figures are null, never
/// 0. Money is in micro-dollars.
public final class OverviewWire {

  private OverviewWire() {}

  /// Current figures and history.
  public record Whole(
      Instant at,
      Server server,
      Sessions sessions,
      Answers answers,
      Prompts prompts,
      History history) {}

  /// Current figures.
  public record Now(Instant at, Sessions sessions, Answers answers, Prompts prompts) {

    /// Whether only the time is different.
    boolean hasSameFigures(Now other) {
      return sessions.equals(other.sessions)
          && answers.equals(other.answers)
          && prompts.equals(other.prompts);
    }
  }

  /// A problem.
  ///
  /// @param about `postgres`, `redis`, `run`, `store`, `pipeline` or `provider`
  /// @param message the problem and what to do
  /// @param at when it occurred; null for a current problem
  public record Trouble(String about, String message, @Nullable Instant at) {}

  /// Login sessions. Look-ups are those of all processes.
  ///
  /// @param configured whether both addresses are set
  /// @param missing the variables of missing addresses
  /// @param run the newest run of this process; null if there was none
  /// @param window the time range of hits and misses
  /// @param hitRate null without look-ups, or if unknown
  /// @param follow how Redis follows Postgres; null if it does not
  public record Sessions(
      boolean configured,
      List<String> missing,
      SessionWire.@Nullable Run run,
      Duration window,
      @Nullable Long hits,
      @Nullable Long misses,
      @Nullable Double hitRate,
      SessionWire.@Nullable Follow follow,
      List<Trouble> troubles) {}

  /// Answers.
  ///
  /// @param queue null if unknown
  /// @param inHand questions in progress in this process
  /// @param entries cached answers that can be served
  /// @param window the time range of `asked` and `hits`
  /// @param hitRate null if no question was asked, or if unknown
  public record Answers(
      @Nullable Queue queue,
      int inHand,
      @Nullable Long entries,
      @Nullable Long stale,
      Duration window,
      @Nullable Long asked,
      @Nullable Long hits,
      @Nullable Double hitRate,
      List<Trouble> troubles) {}

  /// Totals of all batches that have not ended.
  ///
  /// @param paused paused batches
  /// @param total questions of these batches
  /// @param processed ended questions, with any outcome
  /// @param last the newest batch, ended or not; null if there was none
  public record Queue(
      int batches,
      int paused,
      long total,
      long processed,
      long completed,
      long failed,
      AnswerWire.@Nullable Batch last) {}

  /// Prompts.
  ///
  /// @param day the day (UTC) of the sums
  /// @param spentMicros cost of warms; null if unknown
  /// @param turns completed turns
  /// @param warms successful warms
  /// @param armed conversations of this process with a scheduled warm
  public record Prompts(
      String day,
      @Nullable Long spentMicros,
      @Nullable Long savedMicros,
      @Nullable Long turns,
      @Nullable Long warms,
      int armed,
      int warmsInFlight,
      int turnsInFlight,
      List<Trouble> troubles) {}

  /// The history since the start of this process, at most of the last hour.
  ///
  /// @param since when this process started
  public record History(Instant since, Duration every, List<Point> points) {}

  /// The figures at one time.
  ///
  /// @param answeredPerMinute batch questions answered by this process since the previous point;
  ///   null for the first point
  public record Point(
      Instant at,
      @Nullable Double sessionHitRate,
      @Nullable Double answerHitRate,
      @Nullable Double answeredPerMinute,
      @Nullable Long savedMicros,
      @Nullable Long spentMicros,
      int armed) {}

  /// The server's configuration, without secrets.
  ///
  /// @param version null if built from sources
  /// @param address the address that it listens on; null for all
  /// @param sessions null if not configured
  public record Server(
      @Nullable String version,
      Instant startedAt,
      @Nullable String address,
      @Nullable SessionsSet sessions,
      AnswersSet answers,
      PromptsSet prompts) {}

  /// The configuration of sessions.
  public record SessionsSet(
      SessionWire.Plan plan,
      String mapping,
      String namespace,
      boolean warmAtStart,
      boolean keepWarm,
      Duration lookEvery) {}

  /// The configuration of answers.
  ///
  /// @param keptIn `folder` or `postgres`
  /// @param pipeline `extractive`, `ollama`, `openai` or `http`
  /// @param model the model that writes answers; null for none
  public record AnswersSet(
      String keptIn,
      String pipeline,
      @Nullable String model,
      boolean embeddings,
      boolean similar) {}

  /// The configuration of prompts.
  ///
  /// @param mode `interval`, `adaptive` or `off`
  /// @param dailyBudgetMicros null for no limit
  /// @param warmsPerMinute limit for each provider; 0 for no limit
  public record PromptsSet(
      List<String> providers,
      String standardModel,
      String mode,
      Duration interval,
      @Nullable Long dailyBudgetMicros,
      int warmsPerMinute) {}
}
