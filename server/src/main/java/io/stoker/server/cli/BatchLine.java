package io.stoker.server.cli;

import java.io.PrintStream;
import tools.jackson.databind.JsonNode;

/// How a batch stands, in a line for people.
final class BatchLine {

  private BatchLine() {}

  /// Why nothing is begun, if nothing is.
  ///
  /// @param waiting null or missing if something is
  static void printWaiting(PrintStream out, JsonNode waiting) {
    if (waiting.isObject()) {
      out.println("Waiting: " + waiting.path("message").asString() + ".");
    }
  }

  static void print(PrintStream out, JsonNode batch) {
    out.printf(
        "Batch %d is %s: %d of %d done (%d completed, %d failed, %d skipped, %d cancelled)%s%n",
        batch.path("id").asLong(),
        batch.path("status").asString(),
        batch.path("processed").asLong(),
        batch.path("total").asLong(),
        batch.path("completed").asLong(),
        batch.path("failed").asLong(),
        batch.path("skipped").asLong(),
        batch.path("cancelled").asLong(),
        batch.path("reason").asString().isEmpty() ? "" : " - " + batch.path("reason").asString());
  }
}
