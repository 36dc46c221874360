package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.prompts.PromptLimitException.Code;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A quota for the number of conversations, in all and per tenant.
///
/// Counting takes time proportional to the number, so counts are cached for up to a minute and
/// incremented locally. Several processes may exceed a limit by what they add in that time.
/// Thread-safe.
final class ConversationQuota {

  private static final Duration MAX_AGE = Duration.ofMinutes(1);

  /// The maximum age of a count that rejects a conversation.
  private static final Duration MAX_AGE_AT_LIMIT = Duration.ofSeconds(1);

  /// The maximum number of cached counts.
  private static final int MAX_TENANTS = 10_000;

  private final PromptStore store;
  private final PromptLimits limits;
  private final Time time;
  private final Map<String, Count> ofTenants = new ConcurrentHashMap<>();
  private volatile @Nullable Count ofAll;

  private record Count(long number, Duration at) {

    /// Without a limit.
    static final Count UNKNOWN = new Count(0, Duration.ZERO);

    Count plusOne() {
      return new Count(number + 1, at);
    }
  }

  ConversationQuota(PromptStore store, PromptLimits limits, Time time) {
    this.store = store;
    this.limits = limits;
    this.time = time;
  }

  /// Reserves one conversation.
  ///
  /// @throws PromptLimitException if a limit is reached
  void require(String tenant) {
    var all = requireBelow(limits.conversations(), ofAll, null, "There are");
    var name = tenant.isEmpty() ? "There are, without a tenant," : "Tenant " + tenant + " has";
    var ofTenant =
        requireBelow(limits.conversationsOfTenant(), ofTenants.get(tenant), tenant, name);
    if (ofTenants.size() > MAX_TENANTS) {
      ofTenants.clear();
    }
    ofAll = all.plusOne();
    ofTenants.put(tenant, ofTenant.plusOne());
  }

  private Count requireBelow(
      long limit, @Nullable Count cached, @Nullable String tenant, String subject) {
    if (limit == 0) {
      return Count.UNKNOWN;
    }
    var now = time.ticks();
    var count = cached;
    if (count == null
        || isOlder(count, MAX_AGE, now)
        || (count.number >= limit && isOlder(count, MAX_AGE_AT_LIMIT, now))) {
      count = new Count(store.count(tenant, limit), now);
    }
    if (count.number >= limit) {
      throw new PromptLimitException(
          Code.TOO_MANY_CONVERSATIONS,
          subject
              + " "
              + count.number
              + " conversations, and there may be at most "
              + limit
              + ". Delete some first");
    }
    return count;
  }

  private static boolean isOlder(Count count, Duration age, Duration now) {
    return now.minus(count.at).compareTo(age) >= 0;
  }
}
