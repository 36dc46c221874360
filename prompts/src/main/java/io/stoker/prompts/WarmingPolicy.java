package io.stoker.prompts;

import io.stoker.prompts.policy.PolicyMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The warming policy of a server: modes, budgets and rate limits.
///
/// @param mode the default mode
/// @param dailyBudget for all warms of a day (UTC), in micro-dollars; null for no limit
/// @param warmsPerMinute the limit for each provider; 0 for none. When it is reached, the most
///   valuable warms go first
/// @param tenants the settings of tenants, by name
public record WarmingPolicy(
    PolicyMode mode, @Nullable Long dailyBudget, int warmsPerMinute, Map<String, Tenant> tenants) {

  /// By interval, without limits.
  public static final WarmingPolicy STANDARD =
      new WarmingPolicy(PolicyMode.INTERVAL, null, 0, Map.of());

  /// The settings of a tenant.
  ///
  /// @param mode null for the default mode
  /// @param dailyBudget for its warms of a day (UTC), in micro-dollars; null for no limit
  public record Tenant(@Nullable PolicyMode mode, @Nullable Long dailyBudget) {

    /// A tenant without settings.
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

  /// The settings of a tenant; [Tenant#STANDARD] if it has none.
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
