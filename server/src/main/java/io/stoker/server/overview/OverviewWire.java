package io.stoker.server.overview;

import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.SessionWire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What goes over the wire about all that a server does, at a glance: JSON by [WireJson], with the
/// rules of [SessionWire]. What is not known is null, and never 0. Money is in micro-dollars.
public final class OverviewWire {

  private OverviewWire() {}

  /// How everything stands, and how it came to that.
  public record Whole(
      Instant at,
      Server server,
      Sessions sessions,
      Answers answers,
      Prompts prompts,
      History history) {}

  /// How everything stands.
  public record Now(Instant at, Sessions sessions, Answers answers, Prompts prompts) {

    /// Whether nothing but the time is different.
    boolean says(Now other) {
      return sessions.equals(other.sessions)
          && answers.equals(other.answers)
          && prompts.equals(other.prompts);
    }
  }

  /// Something that is wrong.
  ///
  /// @param about `postgres`, `redis`, `run`, `store`, `pipeline` or `provider`
  /// @param message what it is, and what to do
  /// @param at when it was noticed; null if it is so now
  public record Trouble(String about, String message, @Nullable Instant at) {}

  /// Login sessions.
  ///
  /// @param configured whether both addresses are set
  /// @param missing the variables that are to be set if they are not; empty if they are
  /// @param run the newest one of this process; null if there was none
  /// @param window of the look-ups, which those of all processes are
  /// @param hitRate null if there were none, or that is not known
  public record Sessions(
      boolean configured,
      List<String> missing,
      SessionWire.@Nullable Run run,
      Duration window,
      @Nullable Long hits,
      @Nullable Long misses,
      @Nullable Double hitRate,
      List<Trouble> troubles) {}

  /// Answers.
  ///
  /// @param queue what is to be done; null if that is not known
  /// @param inHand how many questions this process is answering
  /// @param entries answers that can be served
  /// @param window in which users asked
  /// @param hitRate null if nobody asked, or that is not known
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

  /// The batches that are not over, in sum.
  ///
  /// @param paused how many of them are paused
  /// @param total their questions
  /// @param processed those that have ended, however
  /// @param last the newest batch of all; null if there was none
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
  /// @param day the day (UTC) that the sums are of
  /// @param spentMicros on warms; null if that is not known
  /// @param turns that were held
  /// @param warms that succeeded
  /// @param armed conversations of this process whose next warm is due
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

  /// The time since the start of this process, the last hour of it at most.
  ///
  /// @param since when the first point was taken
  public record History(Instant since, Duration every, List<Point> points) {}

  /// How things stood at one moment.
  ///
  /// @param answeredPerMinute questions of batches that this process answered since the point
  ///   before; null for the first one
  public record Point(
      Instant at,
      @Nullable Double sessionHitRate,
      @Nullable Double answerHitRate,
      @Nullable Double answeredPerMinute,
      @Nullable Long savedMicros,
      @Nullable Long spentMicros,
      int armed) {}

  /// What the server is set to, without secrets.
  ///
  /// @param version null if it was built from sources
  /// @param address it listens on; null for all
  /// @param sessions null if they are not configured
  public record Server(
      @Nullable String version,
      Instant startedAt,
      @Nullable String address,
      @Nullable SessionsSet sessions,
      AnswersSet answers,
      PromptsSet prompts) {}

  /// How sessions are warmed.
  public record SessionsSet(
      SessionWire.Plan plan,
      String mapping,
      String namespace,
      boolean warmAtStart,
      boolean keepWarm,
      Duration lookEvery) {}

  /// Where answers are kept and come from.
  ///
  /// @param keptIn `folder` or `postgres`
  /// @param pipeline `extractive`, `ollama`, `openai` or `http`
  /// @param model that writes answers; null if none does
  public record AnswersSet(
      String keptIn,
      String pipeline,
      @Nullable String model,
      boolean embeddings,
      boolean similar) {}

  /// Who answers in chats, and how prompts are kept warm.
  ///
  /// @param mode `interval`, `adaptive` or `off`
  /// @param dailyBudgetMicros null for any amount
  /// @param warmsPerMinute of each provider; 0 for any number
  public record PromptsSet(
      List<String> providers,
      String standardModel,
      String mode,
      Duration interval,
      @Nullable Long dailyBudgetMicros,
      int warmsPerMinute) {}
}
