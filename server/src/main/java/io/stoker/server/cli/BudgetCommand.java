package io.stoker.server.cli;

import io.stoker.server.BadValue;
import io.stoker.server.Dollars;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Limits what a conversation's warms may cost on a day.
@Command(
    name = "budget",
    description = "Limits what a conversation's warms may cost on a day (UTC).")
final class BudgetCommand implements Callable<Integer> {

  private static final String NONE = "none";

  private final Terminal terminal;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The conversation's id.")
  private String id = "";

  @Parameters(
      index = "1",
      paramLabel = "DOLLARS",
      description = "How much, such as 2.50, or none for any amount.")
  private String dollars = "";

  BudgetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    var place = PromptsCommand.one(id) + "/budget";
    var wish = dollars.equals(NONE) ? null : Map.of("daily_budget_micros", micros());
    try (var client = server.client(terminal)) {
      var reply = wish == null ? client.delete(place) : client.put(place, wish);
      ConversationLine.answer(terminal, server.json(), reply);
      return ExitCode.OK.number();
    }
  }

  private long micros() {
    try {
      return Dollars.parse(dollars);
    } catch (IllegalArgumentException e) {
      throw new BadValue("DOLLARS", e.getMessage() + ", or none");
    }
  }
}
