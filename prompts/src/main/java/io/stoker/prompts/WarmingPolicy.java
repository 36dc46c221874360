package io.stoker.prompts;

import io.stoker.prompts.policy.PolicyMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether and for how much conversations are warmed.
///
/// @param mode of all who have none of their own
/// @param dailyBudget how much all warms may cost on a day (UTC), in micro-dollars; null for any
///   amount
/// @param warmsPerMinute how many warms each provider may be sent in a minute; 0 for any number.
///   When they are short, those worth most go first
/// @param tenants what holds of some of them
public record WarmingPolicy(
    PolicyMode mode, @Nullable Long dailyBudget, int warmsPerMinute, Map<String, Tenant> tenants) {

  /// By interval, without limits.
  public static final WarmingPolicy STANDARD =
      new WarmingPolicy(PolicyMode.INTERVAL, null, 0, Map.of());

  /// What holds of a tenant.
  ///
  /// @param mode null for that of all
  /// @param dailyBudget how much its warms may cost on a day (UTC), in micro-dollars; null for any
  ///   amount
  public record Tenant(@Nullable PolicyMode mode, @Nullable Long dailyBudget) {

    /// Nothing of its own.
    public static final Tenant STANDARD = new Tenant(null, null);

    /// Checks the budget.
    public Tenant {
      checkBudget(dailyBudget);
    }
  }

  /// Checks the limits, and copies the map.
  public WarmingPolicy {
    checkBudget(dailyBudget);
    if (warmsPerMinute < 0) {
      throw new IllegalArgumentException(
          "expected at least 0 warms in a minute, got " + warmsPerMinute);
    }
    tenants = Map.copyOf(tenants);
  }

  private static void checkBudget(@Nullable Long budget) {
    if (budget != null && budget < 0) {
      throw new IllegalArgumentException("expected a budget of at least 0, got " + budget);
    }
  }

  /// What holds of a tenant; nothing of its own for those who are not named.
  public Tenant tenant(String name) {
    return tenants.getOrDefault(name, Tenant.STANDARD);
  }

  /// The mode of a conversation.
  public PolicyMode mode(Conversation conversation) {
    var own = conversation.warming().mode();
    if (own != null) {
      return own;
    }
    var tenants = tenant(conversation.tenant()).mode();
    return tenants == null ? mode : tenants;
  }
}
