package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Collections;
import org.junit.jupiter.api.Test;

final class InMemoryLedgerTest extends PromptLedgerContract {

  @Override
  PromptStore open() {
    return PromptStore.inMemory();
  }

  @Test
  void of_very_many_lines_the_newest_million_are_kept() {
    var ledger = new InMemoryLedger();
    ledger.add(Collections.nCopies(2, PromptSamples.ping("old", 1)));

    ledger.add(Collections.nCopies(999_999, PromptSamples.ping("new", 1)));

    assertThat(ledger.sumsBy(PromptLedger.By.CONVERSATION, PromptLedger.Range.ALL, 9))
        .extracting(PromptLedger.Group::name, group -> group.sums().pings())
        .containsExactly(tuple("new", 999_999L), tuple("old", 1L));
  }
}
