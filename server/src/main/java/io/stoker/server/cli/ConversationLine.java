package io.stoker.server.cli;

import io.stoker.TextRules;
import io.stoker.server.Dollars;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;

/// A conversation as commands show it.
final class ConversationLine {

  private static final int ID = 36;

  private ConversationLine() {}

  static void head(PrintStream out) {
    out.printf(
        "%-36s  %-3s %8s  %-20s %5s %9s  %s%n",
        "conversation", "on", "interval", "next warm", "cache", "retention", "status");
  }

  static void print(PrintStream out, JsonNode conversation) {
    out.printf(
        "%-36s  %-3s %8s  %-20s %5s %9s  %s%n",
        shortened(conversation.path("id").asString()),
        conversation.path("enabled").asBoolean() ? "on" : "off",
        conversation.path("interval").asString(),
        moment(conversation.path("next_warm_at")),
        orDash(conversation.path("cache_percent"), "%"),
        orDash(conversation.path("retention_percent"), "%"),
        conversation.path("status").asString());
    var trouble = conversation.path("trouble").asString();
    if (!trouble.isEmpty()) {
      out.printf("  last failure: %s%n", trouble);
    }
  }

  /// What a conversation's warming costs, and by what it is decided.
  static void facts(PrintStream out, JsonNode conversation) {
    out.printf("  policy: %s%n", policy(conversation));
    var tenant = conversation.path("tenant").asString();
    if (!tenant.isEmpty()) {
      out.printf("  tenant: %s%n", tenant);
    }
    var budget = conversation.path("daily_budget_micros");
    if (!budget.isNull()) {
      out.println("  budget: " + Dollars.text(budget.asLong()) + " a day");
    }
    var money = conversation.path("money");
    out.printf(
        "  warming so far: %s spent, %s saved, %s wasted, %s net%n",
        Dollars.text(money.path("spent_micros").asLong()),
        Dollars.text(money.path("saved_micros").asLong()),
        Dollars.text(money.path("wasted_micros").asLong()),
        Dollars.text(money.path("net_micros").asLong()));
    var next = conversation.path("next_message");
    if (!next.isNull()) {
      out.printf(
          "  next message: %s now, %s after expiry%n",
          Dollars.text(next.path("now_micros").asLong()),
          Dollars.text(next.path("after_expiry_micros").asLong()));
    }
  }

  private static String policy(JsonNode conversation) {
    var mode = conversation.path("mode").asString();
    var own = conversation.path("own_mode").isNull() ? "" : ", its own";
    var why = conversation.path("why").asString();
    return mode + own + (why.isEmpty() ? "" : "; " + why);
  }

  /// Prints a conversation that a server has answered with, or the answer as it came.
  static void answer(Terminal terminal, boolean json, ServerClient.Reply reply) {
    if (json) {
      terminal.out().println(reply.text());
    } else {
      head(terminal.out());
      print(terminal.out(), reply.json());
      facts(terminal.out(), reply.json());
    }
  }

  /// To the second, which is what people read.
  static String moment(JsonNode time) {
    return time.isNull()
        ? "-"
        : Instant.parse(time.asString()).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String orDash(JsonNode value, String unit) {
    return value.isNull() ? "-" : value.asString() + unit;
  }

  private static String shortened(String id) {
    return TextRules.shortened(TextRules.visible(id), ID);
  }
}
