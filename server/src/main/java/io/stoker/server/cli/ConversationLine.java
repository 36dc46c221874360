package io.stoker.server.cli;

import java.io.PrintStream;
import tools.jackson.databind.JsonNode;

/// A conversation as commands show it.
final class ConversationLine {

  private static final int ID = 36;

  private ConversationLine() {}

  static void head(PrintStream out) {
    out.printf(
        "%-36s  %-3s %8s  %-24s %5s %9s  %s%n",
        "conversation", "on", "interval", "next warm", "cache", "retention", "status");
  }

  static void print(PrintStream out, JsonNode conversation) {
    out.printf(
        "%-36s  %-3s %8s  %-24s %5s %9s  %s%n",
        shortened(conversation.path("id").asString()),
        conversation.path("enabled").asBoolean() ? "on" : "off",
        conversation.path("interval").asString(),
        orDash(conversation.path("next_warm_at"), ""),
        orDash(conversation.path("cache_percent"), "%"),
        orDash(conversation.path("retention_percent"), "%"),
        conversation.path("status").asString());
    var trouble = conversation.path("trouble").asString();
    if (!trouble.isEmpty()) {
      out.println("  last failure: " + trouble);
    }
  }

  private static String orDash(JsonNode value, String unit) {
    return value.isNull() ? "-" : value.asString() + unit;
  }

  private static String shortened(String id) {
    return id.length() <= ID ? id : id.substring(0, ID - 1) + "…";
  }
}
