package io.stoker.server.cli;

import io.stoker.TextRules;
import io.stoker.server.wire.DollarFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The `prompts` commands, which call a running server.
@Command(
    addMethodSubcommands = false,
    name = "prompts",
    description = "Conversations whose prompts a running server keeps warm.")
final class PromptsCommand {

  private static final String CONVERSATIONS = "/api/prompts/conversations";
  private static final String NO_BUDGET = "none";
  private static final int MOST_WARMS = 20;
  private static final int ID_WIDTH = 36;

  private final Terminal terminal;

  PromptsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  static final class ConversationId {

    @Parameters(index = "0", paramLabel = "ID", description = "The conversation's id.")
    private String id = "";

    private String path() {
      return CONVERSATIONS + "/" + ServerClient.segment(id);
    }

    /// The path of the chat API.
    private String chatPath() {
      return "/conversations/" + ServerClient.segment(id);
    }
  }

  @Command(name = "list", description = "Lists conversations with warming enabled, by id.")
  void list(
      @Mixin ServerOptions server,
      @Option(names = "--all", description = "Also list those with warming disabled.") boolean all,
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "Maximum number of conversations (${DEFAULT-VALUE}).",
              defaultValue = "50")
          int limit) {
    var path = CONVERSATIONS + "?limit=" + limit + (all ? "" : "&enabled=true");
    server.call(terminal, client -> client.get(path), this::printList);
  }

  private void printList(JsonNode page) {
    var conversations = page.path("conversations");
    if (conversations.isEmpty()) {
      terminal.out().println("No conversations.");
      return;
    }
    printHead();
    conversations.forEach(this::printLine);
    if (!page.path("next_cursor").isNull()) {
      terminal.out().println("There are more; raise --limit to see them");
    }
  }

  @Command(name = "show", description = "Shows a conversation and its last warms.")
  void show(@Mixin ServerOptions server, @Mixin ConversationId id) {
    try (var client = server.client(terminal)) {
      var conversation = client.get(id.path());
      var warms = client.get(id.path() + "/warms?limit=" + MOST_WARMS).json().path("warms");
      if (server.json()) {
        terminal
            .out()
            .println("{\"conversation\":" + conversation.text() + ",\"warms\":" + warms + "}");
        return;
      }
      printConversation(conversation.json());
      warms.forEach(this::printWarm);
    }
  }

  private void printWarm(JsonNode warm) {
    var usage = warm.path("usage");
    terminal
        .out()
        .printf(
            "  %-20s %-6s %7d ms  %s%n",
            moment(warm.path("started_at")),
            warm.path("manual").asBoolean() ? "asked" : "due",
            warm.path("took_ms").asLong(),
            usage.isNull()
                ? warm.path("trouble").asString()
                : "%d of %d tokens from the cache (%d%%)"
                    .formatted(
                        usage.path("cache_read_tokens").asLong(0),
                        usage.path("input_tokens").asLong(),
                        usage.path("cache_percent").asLong()));
  }

  @Command(name = "warm", description = "Warms a conversation now and waits for the result.")
  void warm(@Mixin ServerOptions server, @Mixin ConversationId conversation) {
    server.call(
        terminal,
        client -> client.post(conversation.path() + "/warm", Map.of()),
        warm -> {
          var usage = warm.path("usage");
          terminal
              .out()
              .printf(
                  "Warm: %d of %d tokens came from the cache (%d%%).%n",
                  usage.path("cache_read_tokens").asLong(0),
                  usage.path("input_tokens").asLong(),
                  usage.path("cache_percent").asLong());
        });
  }

  @Command(name = "enable", description = "Enables the warming of a conversation.")
  void enable(
      @Mixin ServerOptions server,
      @Mixin ConversationId conversation,
      @Option(
              names = "--interval",
              paramLabel = "TIME",
              description = "Time from a request to the next warm, such as 4m.")
          @Nullable Duration interval) {
    var warming = new HashMap<String, Object>();
    warming.put("enabled", true);
    if (interval != null) {
      warming.put("interval", interval);
    }
    putWarming(server, conversation, warming);
  }

  @Command(name = "disable", description = "Disables the warming of a conversation.")
  void disable(@Mixin ServerOptions server, @Mixin ConversationId conversation) {
    putWarming(server, conversation, Map.of("enabled", false));
  }

  @Command(name = "policy", description = "Sets the warming policy of a conversation.")
  void policy(
      @Mixin ServerOptions server,
      @Mixin ConversationId conversation,
      @Parameters(
              index = "1",
              paramLabel = "MODE",
              description =
                  "interval, adaptive, off, or inherit for that of its tenant or the server.")
          String mode) {
    putWarming(server, conversation, Map.of("mode", mode));
  }

  private void putWarming(
      ServerOptions server, ConversationId conversation, Map<String, ?> warming) {
    server.call(
        terminal,
        client -> client.put(conversation.path() + "/warming", warming),
        this::printConversation);
  }

  @Command(name = "budget", description = "Limits the cost of a conversation's warms a day (UTC).")
  void budget(
      @Mixin ServerOptions server,
      @Mixin ConversationId conversation,
      @Parameters(
              index = "1",
              paramLabel = "DOLLARS",
              description = "The limit, such as 2.50, or none for no limit.")
          String dollars) {
    var path = conversation.path() + "/budget";
    var budget = dollars.equals(NO_BUDGET) ? null : Map.of("daily_budget_micros", micros(dollars));
    server.call(
        terminal,
        client -> budget == null ? client.delete(path) : client.put(path, budget),
        this::printConversation);
  }

  private static long micros(String dollars) {
    try {
      return DollarFormat.parse(dollars);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("DOLLARS", e.getMessage() + ", or none");
    }
  }

  @Command(
      name = "close",
      description = "Ends the warming of a conversation and aborts its current turn.")
  void close(@Mixin ServerOptions server, @Mixin ConversationId conversation) {
    server.call(
        terminal,
        client -> client.post(conversation.chatPath() + "/close", Map.of()),
        closed -> {
          boolean aborted = closed.path("abortedTurn").asBoolean();
          terminal.out().println("Closed." + (aborted ? " A turn was aborted." : ""));
        });
  }

  @Command(
      name = "delete",
      description =
          "Closes a conversation and deletes it with its messages. Its costs stay in the ledger.")
  void delete(@Mixin ServerOptions server, @Mixin ConversationId conversation) {
    try (var client = server.client(terminal)) {
      client.delete(conversation.chatPath());
      terminal
          .out()
          .println(
              server.json()
                  ? WireJson.write(Map.of("deleted", conversation.id))
                  : "Deleted with its messages.");
    }
  }

  @Command(name = "ledger", description = "Shows the costs and savings of warming.")
  void ledger(@Mixin ServerOptions server, @Mixin LedgerOptions options) {
    if (options.csv() != null && server.json()) {
      throw new InvalidValueException("--csv", "cannot be used with --json");
    }
    if (options.csv() == null) {
      server.call(
          terminal,
          client -> client.get("/api/prompts/ledger?" + options.sums()),
          ledger -> LedgerOutput.print(terminal.out(), options.by(), ledger));
      return;
    }
    try (var client = server.client(terminal)) {
      LedgerOutput.export(
          client, "/api/prompts/ledger/entries?" + options.entries(), options.csv(), terminal);
    }
  }

  private void printConversation(JsonNode conversation) {
    printHead();
    printLine(conversation);
    printFacts(conversation);
  }

  private void printHead() {
    terminal
        .out()
        .printf(
            "%-36s  %-3s %8s  %-20s %5s %9s  %s%n",
            "conversation", "on", "interval", "next warm", "cache", "retention", "status");
  }

  private void printLine(JsonNode conversation) {
    var out = terminal.out();
    out.printf(
        "%-36s  %-3s %8s  %-20s %5s %9s  %s%n",
        TextRules.truncated(TextRules.escaped(conversation.path("id").asString()), ID_WIDTH),
        conversation.path("enabled").asBoolean() ? "on" : "off",
        conversation.path("interval").asString(),
        moment(conversation.path("next_warm_at")),
        orDash(conversation.path("cache_percent")),
        orDash(conversation.path("retention_percent")),
        conversation.path("status").asString());
    var trouble = conversation.path("trouble").asString();
    if (!trouble.isEmpty()) {
      out.printf("  last failure: %s%n", trouble);
    }
  }

  /// Truncated to seconds.
  private static String moment(JsonNode time) {
    return time.isNull()
        ? "-"
        : Instant.parse(time.asString()).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String orDash(JsonNode percent) {
    return percent.isNull() ? "-" : percent.asString() + "%";
  }

  private void printFacts(JsonNode conversation) {
    var out = terminal.out();
    out.printf("  policy: %s%n", policy(conversation));
    var tenant = conversation.path("tenant").asString();
    if (!tenant.isEmpty()) {
      out.printf("  tenant: %s%n", tenant);
    }
    var budget = conversation.path("daily_budget_micros");
    if (!budget.isNull()) {
      out.println("  budget: " + DollarFormat.format(budget.asLong()) + " a day");
    }
    printMoney(out, conversation);
  }

  private static void printMoney(PrintStream out, JsonNode conversation) {
    var money = conversation.path("money");
    out.printf(
        "  warming so far: %s spent, %s saved, %s wasted, %s net%n",
        DollarFormat.format(money.path("spent_micros").asLong()),
        DollarFormat.format(money.path("saved_micros").asLong()),
        DollarFormat.format(money.path("wasted_micros").asLong()),
        DollarFormat.format(money.path("net_micros").asLong()));
    var next = conversation.path("next_message");
    if (!next.isNull()) {
      out.printf(
          "  next message: %s now, %s after expiry%n",
          DollarFormat.format(next.path("now_micros").asLong()),
          DollarFormat.format(next.path("after_expiry_micros").asLong()));
    }
  }

  private static String policy(JsonNode conversation) {
    var mode = conversation.path("mode").asString();
    var own = conversation.path("own_mode").isNull() ? "" : ", its own";
    var why = conversation.path("why").asString();
    return mode + own + (why.isEmpty() ? "" : "; " + why);
  }
}
