package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.prompts.PromptLedger.By;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.prompts.WarmingPolicy;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.LedgerWire;
import io.stoker.server.wire.PromptWire;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/// The handlers for the ledger of costs and savings, and for budgets. Thread-safe.
public final class LedgerHandlers {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  private final PromptServices prompts;
  private final Time time;

  public LedgerHandlers(PromptServices prompts, Time time) {
    this.prompts = prompts;
    this.time = time;
  }

  ServerResponse sums(ServerRequest request) {
    var query =
        QueryParameters.of(
            request, "by", "from", "until", "tenant", "provider", "conversation", "limit");
    var requested = query.oneOf("by", List.of(By.values()), PromptWire::label);
    var range = permitted(request, range(query));
    int limit = (int) query.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    var ledger = prompts.store().ledger();
    var groups = ledger.sumsBy(requested == null ? By.DAY : requested, range, limit);
    return JsonBody.ok(LedgerWire.Ledger.of(ledger.sums(range), groups));
  }

  private static Range range(QueryParameters query) {
    var from = query.moment("from");
    var until = query.moment("until");
    if (from != null && until != null && !from.isBefore(until)) {
      throw new InvalidValueException("until", "expected a time after " + from + ", got " + until);
    }
    var conversation = query.text("conversation");
    return new Range(
        from,
        until,
        query.text("tenant"),
        query.text("provider"),
        conversation == null ? null : ChatRequest.checkedId("conversation", conversation));
  }

  /// The part of the range that the caller may read: an empty one if it names another tenant.
  private Range permitted(ServerRequest request, Range range) {
    var restriction = Ownership.of(request, prompts).restriction();
    if (restriction.isNone()) {
      return range;
    }
    boolean isOther = range.tenant() != null && !restriction.owns(range.tenant());
    return new Range(
        isOther ? Instant.EPOCH : range.from(),
        isOther ? Instant.EPOCH : range.until(),
        restriction.tenant(),
        range.provider(),
        range.conversationId());
  }

  ServerResponse entries(ServerRequest request) {
    var query =
        QueryParameters.of(
            request, "from", "until", "tenant", "provider", "conversation", "format");
    var range = permitted(request, range(query));
    var requested = query.oneOf("format", List.of(LedgerFormat.values()), PromptWire::label);
    var format = requested == null ? LedgerFormat.JSON : requested;
    return new LedgerExport(request, prompts.store().ledger(), range, format);
  }

  ServerResponse budgets(ServerRequest request) {
    QueryParameters.of(request);
    var policy = prompts.policy();
    var restriction = Ownership.of(request, prompts).restriction();
    if (!restriction.isNone()) {
      var own = tenant(restriction.tenant(), policy.tenant(restriction.tenant()));
      return JsonBody.ok(
          new LedgerWire.Budgets(tomorrow(), policy.warmsPerMinute(), own.budget(), List.of(own)));
    }
    var all =
        new LedgerWire.Budget(
            PromptWire.label(policy.mode()), prompts.warmer().spentToday(), policy.dailyBudget());
    var tenants =
        policy.tenants().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> tenant(entry.getKey(), entry.getValue()))
            .toList();
    return JsonBody.ok(new LedgerWire.Budgets(tomorrow(), policy.warmsPerMinute(), all, tenants));
  }

  private LedgerWire.Tenant tenant(String name, WarmingPolicy.Tenant tenant) {
    var mode = tenant.mode() == null ? prompts.policy().mode() : tenant.mode();
    return new LedgerWire.Tenant(
        name,
        new LedgerWire.Budget(
            PromptWire.label(mode), prompts.warmer().spentToday(name), tenant.dailyBudget()));
  }

  private Instant tomorrow() {
    return time.now().truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
  }
}
