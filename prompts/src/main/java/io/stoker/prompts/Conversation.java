package io.stoker.prompts;

import io.stoker.TextRules;
import org.jspecify.annotations.Nullable;

/// A conversation, without its history.
///
/// @param id chosen by the client
/// @param model the full name of the last model; empty before the first turn
/// @param cwd the working directory; empty for none
/// @param tenant empty for none
/// @param dailyBudget for its warms of a day (UTC), in micro-dollars; null for no limit
/// @param costs the costs and savings of its warms
/// @param warming the state of its warming
public record Conversation(
    String id,
    String model,
    String cwd,
    String tenant,
    @Nullable Long dailyBudget,
    WarmingCosts costs,
    WarmingState warming) {

  /// The maximum length of an id and of a tenant's name, in characters.
  public static final int MAX_ID_LENGTH = 200;

  /// Checks the id, the tenant and the budget.
  public Conversation {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "expected an id of 1 to " + MAX_ID_LENGTH + " characters without control characters");
    }
    if (!tenant.isEmpty() && !isId(tenant)) {
      throw new IllegalArgumentException(
          "expected a tenant of at most "
              + MAX_ID_LENGTH
              + " characters without control characters");
    }
    if (dailyBudget != null && dailyBudget < 0) {
      throw new IllegalArgumentException("expected a budget of at least 0, got " + dailyBudget);
    }
  }

  /// A conversation without a tenant, a budget or costs.
  public Conversation(String id, String model, String cwd, WarmingState warming) {
    this(id, model, cwd, "", null, WarmingCosts.NONE, warming);
  }

  /// Whether a string is a valid id.
  public static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_ID_LENGTH
        && text.chars().noneMatch(Character::isISOControl)
        && TextRules.whyInvalid(text) == null;
  }

  /// The name of the model's provider; empty before the first turn.
  public String provider() {
    return model.substring(0, Math.max(0, model.indexOf('/')));
  }

  /// Whether a turn is in progress.
  boolean isInTurn() {
    return warming.activity() == WarmingState.Activity.GENERATING;
  }

  Conversation with(WarmingState next) {
    return new Conversation(id, model, cwd, tenant, dailyBudget, costs, next);
  }

  Conversation with(WarmingCosts next) {
    return new Conversation(id, model, cwd, tenant, dailyBudget, next, warming);
  }

  /// The same without the members that are not stored.
  Conversation stored() {
    return with(warming.stored());
  }
}
