package io.stoker.server.cli;

import io.stoker.StokerException;
import io.stoker.TextRules;
import io.stoker.server.BadValue;
import io.stoker.server.Durations;
import io.stoker.server.Json;
import io.stoker.server.Wire;
import io.stoker.server.access.Role;
import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.Unconfigured;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/// All commands of the program.
@Command(
    name = "stoker",
    description = "Keeps caches warm.",
    versionProvider = Cli.Version.class,
    synopsisSubcommandLabel = "(serve | doctor | sessions | answers | prompts | token)")
public final class Cli {

  private final Terminal terminal;
  private final Consumer<Configuration> server;

  /// @param server runs the server until it ends
  public Cli(Terminal terminal, Consumer<Configuration> server) {
    this.terminal = terminal;
    this.server = server;
  }

  /// Carries a command out.
  ///
  /// @return what the process is to exit with
  public int run(String... arguments) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    var all = command(this);
    all.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version and exit.")
                .build());
    all.addSubcommand(command(new ServeCommand(terminal.configuration(), server)))
        .addSubcommand(command(new DoctorCommand(terminal)))
        .addSubcommand(command(new TrainCommand()));
    // A server that is to be there soon does not wait for what it will not run.
    if (arguments.length == 0 || !arguments[0].equals("serve")) {
      all.addSubcommand(sessions())
          .addSubcommand(answers())
          .addSubcommand(prompts())
          .addSubcommand(token());
    }
    return all.registerConverter(String.class, Cli::text)
        .registerConverter(Duration.class, Cli::duration)
        .registerConverter(Role.class, Cli::role)
        .setOut(new PrintWriter(terminal.out(), true, terminal.out().charset()))
        .setErr(new PrintWriter(terminal.err(), true, terminal.err().charset()))
        .setParameterExceptionHandler((e, _) -> complain(e))
        .setExecutionExceptionHandler((e, _, parsed) -> complain(e, parsed))
        .execute(arguments);
  }

  private CommandLine sessions() {
    return command(new SessionsCommand())
        .addSubcommand(command(new WarmCommand(terminal)))
        .addSubcommand(command(new EstimateCommand(terminal)))
        .addSubcommand(command(new StatsCommand(terminal)));
  }

  private CommandLine answers() {
    return command(new AnswersCommand())
        .addSubcommand(command(new SubmitCommand(terminal)))
        .addSubcommand(command(new QueueCommand(terminal)))
        .addSubcommand(command(new ShowCommand(terminal)))
        .addSubcommand(command(new WatchCommand(terminal)))
        .addSubcommand("pause", move("pause", "Pauses a batch: what is in hand is finished."))
        .addSubcommand("resume", move("resume", "Resumes a paused batch."))
        .addSubcommand("cancel", move("cancel", "Gives up what is not done yet."))
        .addSubcommand(
            "retry", move("retry", "Tries failed, skipped and cancelled questions again."))
        .addSubcommand(command(new DeleteCommand(terminal)))
        .addSubcommand(command(new TryCommand(terminal)))
        .addSubcommand(command(new AskCommand(terminal)));
  }

  private CommandLine prompts() {
    return command(new PromptsCommand())
        .addSubcommand(command(new ConversationsCommand(terminal)))
        .addSubcommand(command(new ConversationCommand(terminal)))
        .addSubcommand(command(new WarmPromptCommand(terminal)))
        .addSubcommand(command(new EnableCommand(terminal)))
        .addSubcommand(command(new DisableCommand(terminal)))
        .addSubcommand(command(new PolicyCommand(terminal)))
        .addSubcommand(command(new BudgetCommand(terminal)))
        .addSubcommand(command(new CloseCommand(terminal)))
        .addSubcommand(command(new DeleteConversationCommand(terminal)))
        .addSubcommand(command(new LedgerCommand(terminal)));
  }

  private CommandLine token() {
    return command(new TokenCommand())
        .addSubcommand(command(new TokenCreateCommand(terminal)))
        .addSubcommand(command(new TokenListCommand(terminal)))
        .addSubcommand(command(new TokenRevokeCommand(terminal)))
        .addSubcommand(command(new TokenImportCommand(terminal)));
  }

  private static CommandLine command(Object command) {
    var line = new CommandLine(command);
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
    return line;
  }

  private CommandLine move(String name, String description) {
    var line = command(new MoveCommand(terminal, name));
    line.getCommandSpec().name(name).usageMessage().description(description);
    return line;
  }

  private static String text(String text) {
    var fault = TextRules.fault(text);
    if (fault != null) {
      throw new TypeConversionException("expected whole characters, got " + fault);
    }
    return text;
  }

  private static Duration duration(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Role role(String text) {
    return Role.of(text)
        .orElseThrow(
            () -> new TypeConversionException("wanted " + Role.words() + ", but came " + text));
  }

  private int complain(ParameterException e) {
    var command = e.getCommandLine();
    terminal.err().println(TextRules.visibleLines(String.valueOf(e.getMessage())));
    terminal.err().print(command.getHelp().synopsisHeading() + command.getHelp().synopsis(0));
    terminal.err().println("More: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE.number();
  }

  private int complain(Exception e, ParseResult parsed) throws Exception {
    return switch (e) {
      case BadValue _, Unconfigured _ -> {
        terminal.err().println(TextRules.visibleLines(String.valueOf(e.getMessage())));
        yield ExitCode.USAGE.number();
      }
      case StokerException trouble -> {
        if (wantsJson(parsed)) {
          terminal.out().println(Json.write(Wire.Trouble.of(trouble)));
        } else {
          terminal.err().println(TextRules.visibleLines(String.valueOf(trouble.getMessage())));
        }
        yield ExitCode.of(trouble).number();
      }
      case ServerTrouble trouble -> {
        if (wantsJson(parsed)) {
          terminal
              .out()
              .println(
                  Json.write(
                      new Wire.Trouble(trouble.code(), String.valueOf(trouble.getMessage()))));
        } else {
          terminal.err().println(TextRules.visibleLines(String.valueOf(trouble.getMessage())));
        }
        yield trouble.exitCode().number();
      }
      default -> throw e;
    };
  }

  private static boolean wantsJson(ParseResult parsed) {
    var last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.hasMatchedOption("--json");
  }

  /// Tells the version that the jar was built as.
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      var version = Cli.class.getPackage().getImplementationVersion();
      return new String[] {"Stoker " + (version == null ? "(built from sources)" : version)};
    }
  }
}
