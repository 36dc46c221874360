package io.stoker.prompts;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Leases of a store for a single process, which owns everything. Thread-safe.
final class SingleNodeLeases implements PromptLeases {

  private final PromptStore store;
  private final AtomicBoolean adopted = new AtomicBoolean();

  SingleNodeLeases(PromptStore store) {
    this.store = store;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public boolean take(String id, boolean evenInTurn) {
    return true;
  }

  @Override
  public boolean has(String id) {
    return true;
  }

  @Override
  public Renewal renew() {
    return Renewal.NOTHING;
  }

  @Override
  public void adopt(Consumer<Conversation> visitor) {
    if (adopted.compareAndSet(false, true)) {
      try {
        store.visitEnabled(visitor);
      } catch (RuntimeException | Error e) {
        adopted.set(false);
        throw e;
      }
    }
  }

  @Override
  public void release() {
    adopted.set(false);
  }
}
