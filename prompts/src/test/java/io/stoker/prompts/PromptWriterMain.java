package io.stoker.prompts;

import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;

/// A process that writes to a store forever, and prints what was acknowledged.
final class PromptWriterMain {

  static final String BEGINNING = "beginning";
  static final int WRITERS = 8;
  static final int PIECES = 3;

  private PromptWriterMain() {}

  /// Prints a start line, then a line for each round of a writer: `writer round newest`.
  ///
  /// @param arguments the file, and the number of the first round
  public static void main(String[] arguments) {
    try (var state = StateDatabase.sqlite(Path.of(arguments[0]));
        var store = PromptStore.on(state);
        var writers = Executors.newVirtualThreadPerTaskExecutor()) {
      System.out.println(BEGINNING);
      int first = Integer.parseInt(arguments[1]);
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        writers.execute(() -> write(store, writer, first));
      }
    }
  }

  private static void write(PromptStore store, int writer, int first) {
    var id = id(writer);
    long spent = store.find(id).map(each -> each.costs().spent()).orElse(0L);
    for (int round = first; true; round++) {
      var piece = PromptSamples.said(text(round)).getFirst();
      long newest = store.append(id, Collections.nCopies(PIECES, piece), turn(round));
      spent += round;
      store.save(
          PromptSamples.scheduled(id, round).with(new WarmingCosts(spent, 0, 0)),
          List.of(PromptSamples.ping(id, round)));
      store.record(
          new WarmRecord(id, Instant.EPOCH, Duration.ZERO, text(round), false, Usage.NONE, ""));
      System.out.println(writer + " " + round + " " + newest);
    }
  }

  static String id(int writer) {
    return "chat-" + writer;
  }

  static String text(int round) {
    return "round " + round;
  }

  private static TurnMetrics turn(int round) {
    return new TurnMetrics(text(round), Usage.NONE, null, List.of(), null);
  }
}
