package io.stoker.prompts;

import io.stoker.Time;
import io.stoker.prompts.PromptLimitException.Code;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Whether there may be one more conversation.
///
/// Counting takes longer the more there are, so the counts are a minute old at most, with what this
/// process has added since: several processes may go beyond a limit by what they add in a minute.
/// Thread-safe.
final class ConversationQuota {

  private static final Duration FRESH = Duration.ofMinutes(1);

  /// How old a count may be that keeps somebody out.
  private static final Duration FRESH_AT_LIMIT = Duration.ofSeconds(1);

  /// How many tenants are remembered.
  private static final int MAX_TENANTS = 10_000;

  private final PromptStore store;
  private final PromptLimits limits;
  private final Time time;
  private final Map<String, Count> ofTenants = new ConcurrentHashMap<>();
  private volatile @Nullable Count ofAll;

  private record Count(long number, Duration at) {

    /// Where nobody asks.
    static final Count UNKNOWN = new Count(0, Duration.ZERO);

    Count oneMore() {
      return new Count(number + 1, at);
    }
  }

  ConversationQuota(PromptStore store, PromptLimits limits, Time time) {
    this.store = store;
    this.limits = limits;
    this.time = time;
  }

  /// Admits one more conversation.
  ///
  /// @throws PromptLimitException if there must not be one
  void require(String tenant) {
    var all = requireBelow(limits.conversations(), ofAll, null, "There are");
    var name = tenant.isEmpty() ? "There are, of no tenant," : "Tenant " + tenant + " has";
    var ofTenant =
        requireBelow(limits.conversationsOfTenant(), ofTenants.get(tenant), tenant, name);
    if (ofTenants.size() > MAX_TENANTS) {
      ofTenants.clear();
    }
    ofAll = all.oneMore();
    ofTenants.put(tenant, ofTenant.oneMore());
  }

  private Count requireBelow(
      long most, @Nullable Count counted, @Nullable String tenant, String subject) {
    if (most == 0) {
      return Count.UNKNOWN;
    }
    var now = time.ticks();
    var count = counted;
    if (count == null
        || isOlder(count, FRESH, now)
        || (count.number >= most && isOlder(count, FRESH_AT_LIMIT, now))) {
      count = new Count(store.count(tenant, most), now);
    }
    if (count.number >= most) {
      throw new PromptLimitException(
          Code.TOO_MANY_CONVERSATIONS,
          subject
              + " "
              + count.number
              + " conversations, and there may be at most "
              + most
              + ". Delete some first");
    }
    return count;
  }

  private static boolean isOlder(Count count, Duration age, Duration now) {
    return now.minus(count.at).compareTo(age) >= 0;
  }
}
