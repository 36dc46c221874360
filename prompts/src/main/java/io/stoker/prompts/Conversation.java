package io.stoker.prompts;

import io.stoker.TextRules;
import org.jspecify.annotations.Nullable;

/// A conversation, without its history.
///
/// @param id chosen by whoever began it
/// @param model the full name of the model it was last held with; empty before the first turn
/// @param cwd the folder it is about; empty for none
/// @param tenant who it belongs to; empty for nobody in particular
/// @param dailyBudget how much its warms may cost on a day (UTC), in micro-dollars; null for any
///   amount
/// @param costs what its warms have cost and brought
/// @param warming how its warming stands
public record Conversation(
    String id,
    String model,
    String cwd,
    String tenant,
    @Nullable Long dailyBudget,
    WarmingCosts costs,
    WarmingState warming) {

  /// The longest id, and the longest name of a tenant, in characters.
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

  /// One of nobody in particular, that has cost nothing.
  public Conversation(String id, String model, String cwd, WarmingState warming) {
    this(id, model, cwd, "", null, WarmingCosts.NONE, warming);
  }

  /// Whether a text can be an id.
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

  /// Whether a turn is going on.
  boolean isInTurn() {
    return warming.activity() == WarmingState.Activity.GENERATING;
  }

  Conversation with(WarmingState next) {
    return new Conversation(id, model, cwd, tenant, dailyBudget, costs, next);
  }

  Conversation with(WarmingCosts next) {
    return new Conversation(id, model, cwd, tenant, dailyBudget, next, warming);
  }

  /// The same without what is not kept in stores.
  Conversation stored() {
    return with(warming.stored());
  }
}
