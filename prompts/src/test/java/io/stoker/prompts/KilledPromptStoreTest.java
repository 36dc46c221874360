package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.state.StateDatabase;
import io.stoker.testing.ChildProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a real process (SIGKILL) repeatedly while it writes, and checks what it left.
@Timeout(120)
final class KilledPromptStoreTest {

  private static final int KILLS = 6;
  private static final int MOST_ROUNDS_PER_LIFE = 400;

  @TempDir private Path folder;

  /// The last acknowledgement of a writer.
  private record Acknowledged(int round, int newest) {}

  @Test
  void nothing_acknowledged_is_lost_and_no_number_is_left_out() throws InterruptedException {
    var file = folder.resolve("stoker.db");
    var random = new Random(7);
    for (int kill = 0; kill < KILLS; kill++) {
      var last = writeAndBeKilled(file, kill * 100_000, random.nextInt(1, MOST_ROUNDS_PER_LIFE));

      try (var state = StateDatabase.sqlite(file);
          var store = PromptStore.on(state)) {
        last.forEach((writer, acknowledged) -> assertKept(store, writer, acknowledged));
      }
    }
  }

  private static Map<Integer, Acknowledged> writeAndBeKilled(Path file, int first, int rounds)
      throws InterruptedException {
    var last = new HashMap<Integer, Acknowledged>();
    try (var process =
        ChildProcess.start(PromptWriterMain.class, file.toString(), Integer.toString(first))) {
      process.awaitLine(PromptWriterMain.BEGINNING);
      for (int i = 0; i < rounds; i++) {
        note(Objects.requireNonNull(process.nextLine()), last);
      }
      process.kill();
      for (var line = process.nextLine(); line != null; line = process.nextLine()) {
        note(line, last);
      }
    }
    return last;
  }

  private static void note(String line, Map<Integer, Acknowledged> last) {
    var numbers = Pattern.compile(" ").splitAsStream(line).map(Integer::valueOf).toList();
    last.put(numbers.getFirst(), new Acknowledged(numbers.get(1), numbers.getLast()));
  }

  private static void assertKept(PromptStore store, int writer, Acknowledged acknowledged) {
    var id = PromptWriterMain.id(writer);
    var history = store.history(id, 0);
    var turns = store.metrics(id).stream().map(TurnMetrics::turnId).toList();
    var texts = new ArrayList<String>();
    history.forEach(chunk -> texts.add(((HistoryPart.Text) chunk.part()).text()));
    int pieces = PromptWriterMain.PIECES;

    assertThat(history)
        .extracting(StoredHistoryPart::seq)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, turns.size() * pieces).mapToObj(Long::valueOf).toList())
        .hasSizeBetween(acknowledged.newest, acknowledged.newest + pieces);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(texts.get(i)).isEqualTo(turns.get(i / pieces));
    }
    assertThat(texts.get(acknowledged.newest - 1))
        .isEqualTo(PromptWriterMain.text(acknowledged.round));
    var conversation = store.find(id).orElseThrow();
    assertThat(conversation.warming().failures())
        .isBetween(acknowledged.round, acknowledged.round + 1);
    assertThat(store.ledger().sums(new PromptLedger.Range(null, null, null, null, id)).costs())
        .isEqualTo(conversation.costs());
    assertThat(store.warms(id, 2))
        .extracting(WarmRecord::model)
        .contains(PromptWriterMain.text(acknowledged.round));
  }
}
