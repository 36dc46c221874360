package io.stoker.server.http;

import static io.stoker.server.http.ChatRequest.conversationInPath;

import io.stoker.Time;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptWarmer.WarmingChange;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.PromptWire;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers for conversations and their warming. Thread-safe.
public final class PromptHandlers {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 1000;

  /// Policy modes by label; the last one, `inherit`, stands for none.
  private static final Map<String, Optional<PolicyMode>> MODES = new LinkedHashMap<>();

  /// Stop reasons by the label of what the conversation then waits for.
  private static final Map<String, StopReason> STOPS = new LinkedHashMap<>();

  static {
    for (var mode : PolicyMode.values()) {
      MODES.put(PromptWire.label(mode), Optional.of(mode));
    }
    MODES.put(PromptWire.INHERIT, Optional.empty());
    for (var stop : StopReason.values()) {
      STOPS.put(PromptWire.Idle.label(stop), stop);
    }
  }

  private final PromptServices prompts;
  private final Time time;

  public PromptHandlers(PromptServices prompts, Time time) {
    this.prompts = prompts;
    this.time = time;
  }

  ServerResponse conversations(ServerRequest request) {
    var query = QueryParameters.of(request, "enabled", "limit", "cursor");
    var enabled = query.oneOf("enabled", List.of(true, false), String::valueOf);
    int limit = (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    var page = prompts.warmer().list(Boolean.TRUE.equals(enabled), limit + 1, query.text("cursor"));
    var shown = page.subList(0, Math.min(limit, page.size()));
    return JsonBody.ok(
        new PromptWire.Conversations(
            shown.stream().map(this::wire).toList(),
            page.size() > limit ? shown.getLast().id() : null));
  }

  private PromptWire.Conversation wire(Conversation conversation) {
    return PromptWire.Conversation.of(conversation, prompts, time.now());
  }

  ServerResponse conversation(ServerRequest request) {
    return JsonBody.ok(wire(known(request)));
  }

  private Conversation known(ServerRequest request) {
    var id = conversationInPath(request);
    Ownership.of(request, prompts).require(id);
    var conversation = prompts.warmer().conversation(id);
    if (conversation.warming().activity() == Activity.IDLE && prompts.store().find(id).isEmpty()) {
      throw Problems.unknown("conversation", id);
    }
    return conversation;
  }

  ServerResponse setWarming(ServerRequest request) throws IOException {
    var id = conversationInPath(request);
    var wish =
        JsonBody.read(
            request,
            PromptWire.WarmingChange.class,
            new PromptWire.WarmingChange(null, null, null));
    var interval = wish.interval();
    if (interval != null) {
      requireInterval(interval);
    }
    var mode = wish.mode() == null ? null : oneOf("mode", wish.mode(), MODES);
    Ownership.of(request, prompts).claim(id);
    var wanted =
        new WarmingChange(
            interval,
            mode == null ? null : new WarmingChange.Mode(mode.orElse(null)),
            wish.enabled());
    return JsonBody.ok(wire(prompts.warmer().setWarming(id, wanted)));
  }

  private static <T> T oneOf(String member, String came, Map<String, T> values) {
    var value = values.get(came);
    if (value == null) {
      throw new InvalidValueException(
          member,
          "expected one of "
              + String.join(", ", values.keySet())
              + ", got \""
              + ChatRequest.shortened(came)
              + "\"");
    }
    return value;
  }

  private static void requireInterval(Duration interval) {
    if (interval.compareTo(WarmingState.MIN_INTERVAL) < 0
        || interval.compareTo(WarmingState.MAX_INTERVAL) > 0) {
      throw new InvalidValueException(
          "interval",
          "expected "
              + DurationFormat.format(WarmingState.MIN_INTERVAL)
              + " to "
              + DurationFormat.format(WarmingState.MAX_INTERVAL)
              + ", got "
              + DurationFormat.format(interval));
    }
  }

  ServerResponse setBudget(ServerRequest request) throws IOException {
    var id = conversationInPath(request);
    var budget =
        JsonBody.read(request, PromptWire.Budget.class, new PromptWire.Budget(null))
            .dailyBudgetMicros();
    if (budget == null || budget < 0) {
      throw new InvalidValueException(
          "daily_budget_micros",
          "expected micro-dollars of at least 0, got " + (budget == null ? "none" : budget));
    }
    return JsonBody.ok(wire(prompts.warmer().setDailyBudget(id, budget)));
  }

  ServerResponse removeBudget(ServerRequest request) {
    return JsonBody.ok(wire(prompts.warmer().setDailyBudget(conversationInPath(request), null)));
  }

  ServerResponse hint(ServerRequest request) throws IOException {
    var id = known(request).id();
    var hint = JsonBody.read(request, PromptWire.Hint.class, new PromptWire.Hint(null, null));
    var waitingFor = hint.waitingFor();
    var stop = waitingFor == null ? null : oneOf("waiting_for", waitingFor, STOPS);
    return JsonBody.ok(wire(prompts.warmer().hint(id, stop, hint.focused())));
  }

  ServerResponse warm(ServerRequest request) throws InterruptedException {
    var warmed = prompts.warmer().warm(known(request).id(), null);
    return JsonBody.ok(PromptWire.Warmed.of(warmed.usage(), wire(warmed.after())));
  }

  ServerResponse warms(ServerRequest request) {
    int limit =
        (int) QueryParameters.of(request, "limit").number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    var warms = prompts.store().warms(known(request).id(), limit);
    return JsonBody.ok(new PromptWire.Warms(warms.stream().map(PromptWire.Warm::of).toList()));
  }
}
