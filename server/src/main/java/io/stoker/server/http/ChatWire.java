package io.stoker.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.stoker.prompts.ChatEvent;
import io.stoker.prompts.HistoryPart;
import io.stoker.prompts.MessageRole;
import io.stoker.prompts.StoredHistoryPart;
import io.stoker.prompts.TurnMetrics;
import io.stoker.prompts.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The records sent to chat front ends, written by [ChatJson]. Members that are null are left out.
final class ChatWire {

  private ChatWire() {}

  // --- frames ---

  /// A frame that the server sends on a socket.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface Frame {}

  /// The list of surfaces; the first frame.
  @JsonTypeName("catalog")
  record Catalog(List<Entry> catalog) implements Frame {}

  /// A surface that can be subscribed to.
  ///
  /// @param scope `conversation` or `global`
  record Entry(String id, String region, String title, String scope) {}

  /// The answer to a subscription.
  @JsonTypeName("surface")
  record Surface(Spec spec, @Nullable String conversationId) implements Frame {}

  /// A surface that has changed.
  @JsonTypeName("update")
  record Update(Changed update) implements Frame {

    static Update of(Spec spec, String conversationId) {
      return new Update(new Changed(spec.id(), spec, conversationId));
    }
  }

  /// The new state of a surface.
  record Changed(String surfaceId, Spec spec, @Nullable String conversationId) {}

  /// A request that failed.
  @JsonTypeName("error")
  record Failure(String message, @Nullable String surfaceId) implements Frame {}

  /// An event of a turn.
  @JsonTypeName("chat.delta")
  record ChatDelta(Event event) implements Frame {}

  /// A turn that could not start.
  @JsonTypeName("chat.error")
  record ChatFailure(String message, @Nullable String conversationId) implements Frame {}

  // --- surfaces ---

  /// A surface.
  record Spec(String id, String region, String title, List<Field> fields) {}

  /// A part of a surface.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  sealed interface Field {}

  /// The action that a field invokes.
  record Action(String actionId) {}

  @JsonTypeName("toggle")
  record Toggle(String label, boolean value, Action action) implements Field {}

  @JsonTypeName("number")
  record NumberField(String label, long value, long min, long step, String unit, Action action)
      implements Field {}

  @JsonTypeName("stat")
  record Stat(String label, String value) implements Field {}

  @JsonTypeName("button")
  record Button(String label, Action action) implements Field {}

  /// A field that front ends render in their own way.
  @JsonTypeName("custom")
  record Custom(String rendererId, Object payload) implements Field {}

  /// The times of the next and the last warm in milliseconds since 1970; the only members of frames
  /// that are written as null instead of left out.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Timer(@Nullable Long nextWarmAt, @Nullable Long lastWarmAt) {}

  /// Rows of text.
  record Table(List<String> columns, List<List<String>> rows) {}

  // --- turns ---

  /// An event of a turn.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface Event {

    static Event of(ChatEvent event) {
      var id = event.conversationId();
      var turn = event.turnId();
      return switch (event) {
        case ChatEvent.UserMessage said -> new UserMessage(id, turn, said.text());
        case ChatEvent.TurnStart _ -> new TurnStart(id, turn);
        case ChatEvent.TextDelta piece -> new TextDelta(id, turn, piece.delta());
        case ChatEvent.ReasoningDelta piece -> new ReasoningDelta(id, turn, piece.delta());
        case ChatEvent.ToolCall call ->
            new ToolCall(
                id,
                turn,
                call.stepId(),
                call.toolCallId(),
                call.toolName(),
                ChatJson.parsedOrText(call.input()));
        case ChatEvent.ToolResult result ->
            new ToolResult(
                id,
                turn,
                result.stepId(),
                result.toolCallId(),
                result.toolName(),
                result.content(),
                result.isError(),
                millis(result.took()));
        case ChatEvent.StepUsage step ->
            new StepUsage(id, turn, step.stepId(), Tokens.of(step.usage()));
        case ChatEvent.StepComplete step -> StepComplete.of(id, turn, step.metrics());
        case ChatEvent.Failed failed -> new Failed(id, turn, failed.message(), failed.code());
        case ChatEvent.Done done ->
            new Done(
                id,
                turn,
                done.reason(),
                millis(done.metrics().took()),
                Tokens.of(done.metrics().usage()),
                done.metrics().contextSize());
        case ChatEvent.TurnSealed _ -> new TurnSealed(id, turn);
      };
    }
  }

  @JsonTypeName("user-message")
  record UserMessage(String conversationId, String turnId, String text) implements Event {}

  @JsonTypeName("turn-start")
  record TurnStart(String conversationId, String turnId) implements Event {}

  @JsonTypeName("text-delta")
  record TextDelta(String conversationId, String turnId, String delta) implements Event {}

  @JsonTypeName("reasoning-delta")
  record ReasoningDelta(String conversationId, String turnId, String delta) implements Event {}

  @JsonTypeName("tool-call")
  record ToolCall(
      String conversationId,
      String turnId,
      String stepId,
      String toolCallId,
      String toolName,
      JsonNode input)
      implements Event {}

  @JsonTypeName("tool-result")
  record ToolResult(
      String conversationId,
      String turnId,
      String stepId,
      String toolCallId,
      String toolName,
      String content,
      boolean isError,
      @Nullable Long durationMs)
      implements Event {}

  @JsonTypeName("usage")
  record StepUsage(String conversationId, String turnId, String stepId, Tokens usage)
      implements Event {}

  @JsonTypeName("step-complete")
  record StepComplete(
      String conversationId,
      String turnId,
      String stepId,
      @Nullable Long ttftMs,
      @Nullable Long decodeMs,
      @Nullable Long genTotalMs)
      implements Event {

    static StepComplete of(String id, String turn, TurnMetrics.StepMetrics step) {
      return new StepComplete(
          id,
          turn,
          step.stepId(),
          millis(step.timeToFirstToken()),
          millis(step.decoding()),
          millis(step.whole()));
    }
  }

  @JsonTypeName("error")
  record Failed(String conversationId, String turnId, String message, @Nullable String code)
      implements Event {}

  @JsonTypeName("done")
  record Done(
      String conversationId,
      String turnId,
      String reason,
      @Nullable Long durationMs,
      Tokens usage,
      @Nullable Long contextSize)
      implements Event {}

  @JsonTypeName("turn-sealed")
  record TurnSealed(String conversationId, String turnId) implements Event {}

  /// The tokens used by one or more requests.
  record Tokens(
      long inputTokens,
      long outputTokens,
      @Nullable Long cacheReadTokens,
      @Nullable Long cacheWriteTokens) {

    static Tokens of(Usage usage) {
      return new Tokens(
          usage.inputTokens(),
          usage.outputTokens(),
          usage.cacheReadTokens(),
          usage.cacheWriteTokens());
    }
  }

  // --- history and metrics ---

  /// The history of a conversation from a sequence number on.
  record History(List<Kept> chunks, long latestSeq) {}

  /// A chunk of history.
  record Kept(long seq, String role, KeptChunk chunk) {

    static Kept of(StoredHistoryPart stored) {
      return new Kept(stored.seq(), label(stored.role()), KeptChunk.of(stored.part()));
    }

    private static String label(MessageRole role) {
      return role.name().toLowerCase(Locale.ROOT);
    }
  }

  /// The content of a chunk of history.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface KeptChunk {

    static KeptChunk of(HistoryPart chunk) {
      return switch (chunk) {
        case HistoryPart.Text said -> new KeptText(said.text());
        case HistoryPart.Thinking thought -> new KeptThinking(thought.text());
        case HistoryPart.ToolCall call ->
            new KeptToolCall(
                call.toolCallId(),
                call.toolName(),
                ChatJson.parsedOrText(call.input()),
                call.stepId());
        case HistoryPart.ToolResult result ->
            new KeptToolResult(
                result.toolCallId(),
                result.toolName(),
                result.content(),
                result.isError(),
                result.stepId());
        case HistoryPart.Failure failure -> new KeptFailure(failure.message(), failure.code());
        case HistoryPart.Instruction instruction -> new KeptInstruction(instruction.text());
      };
    }
  }

  @JsonTypeName("text")
  record KeptText(String text) implements KeptChunk {}

  @JsonTypeName("thinking")
  record KeptThinking(String text) implements KeptChunk {}

  @JsonTypeName("tool-call")
  record KeptToolCall(String toolCallId, String toolName, JsonNode input, @Nullable String stepId)
      implements KeptChunk {}

  @JsonTypeName("tool-result")
  record KeptToolResult(
      String toolCallId, String toolName, String content, boolean isError, @Nullable String stepId)
      implements KeptChunk {}

  @JsonTypeName("error")
  record KeptFailure(String message, @Nullable String code) implements KeptChunk {}

  @JsonTypeName("system")
  record KeptInstruction(String text) implements KeptChunk {}

  /// The metrics of a conversation's turns.
  record Turns(List<Turn> turns) {}

  /// The metrics of a turn.
  record Turn(
      String turnId,
      Tokens usage,
      @Nullable Long durationMs,
      List<Step> steps,
      @Nullable Long contextSize) {

    static Turn of(TurnMetrics turn) {
      return new Turn(
          turn.turnId(),
          Tokens.of(turn.usage()),
          millis(turn.took()),
          turn.steps().stream().map(Step::of).toList(),
          turn.contextSize());
    }
  }

  /// The metrics of a step, which is one request to the model.
  record Step(
      String stepId,
      Tokens usage,
      @Nullable Long ttftMs,
      @Nullable Long decodeMs,
      @Nullable Long genTotalMs) {

    static Step of(TurnMetrics.StepMetrics step) {
      return new Step(
          step.stepId(),
          Tokens.of(step.usage()),
          millis(step.timeToFirstToken()),
          millis(step.decoding()),
          millis(step.whole()));
    }
  }

  // --- results ---

  /// The usage of a manual warm.
  ///
  /// @param expectedCacheRate the percentage of the cached prompt that was still cached; left out
  ///   if the provider does not report it
  record Warm(
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens,
      int cachePct,
      @Nullable Integer expectedCacheRate) {

    static Warm of(Usage usage) {
      var retention = usage.retentionPercent();
      return new Warm(
          usage.inputTokens(),
          usage.outputTokens(),
          usage.read(),
          usage.written(),
          usage.cachePercent(),
          retention.isEmpty() ? null : retention.getAsInt());
    }
  }

  /// The full names of all models.
  record Models(List<String> models) {}

  /// A conversation that was closed.
  record Closed(String conversationId, boolean abortedTurn) {}

  /// The working directory of a conversation; null for none.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Cwd(String conversationId, @Nullable String cwd) {}

  /// The language servers of a conversation's working directory; always empty.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Lsp(String conversationId, @Nullable String cwd, List<String> servers) {}

  private static @Nullable Long millis(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis();
  }
}
