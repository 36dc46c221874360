package io.stoker.server.cli;

import io.stoker.StokerException;
import io.stoker.TextRules;
import io.stoker.server.access.Role;
import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.MissingSettingException;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.SessionWire;
import io.stoker.server.wire.WireJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/// The root of the command line.
@Command(
    name = "stoker",
    description = "Keeps caches warm.",
    versionProvider = Cli.Version.class,
    synopsisSubcommandLabel = "(serve | doctor | sessions | answers | prompts | token)")
public final class Cli {

  private final Terminal terminal;
  private final Consumer<Configuration> server;

  /// @param server runs the server and blocks until it ends
  public Cli(Terminal terminal, Consumer<Configuration> server) {
    this.terminal = terminal;
    this.server = server;
  }

  /// Runs a command.
  ///
  /// @return the exit code
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
        .addSubcommand(command(new AotTrainingCommand()));
    var called = arguments.length == 0 ? "" : arguments[0];
    // Building the other commands would delay the start of a server.
    if (!called.equals("serve")) {
      groups().forEach(group -> all.addSubcommand(group.command(called)));
    }
    return all.registerConverter(String.class, Cli::text)
        .registerConverter(Duration.class, Cli::duration)
        .registerConverter(Role.class, Cli::role)
        .setOut(new PrintWriter(terminal.out(), true, terminal.out().charset()))
        .setErr(new PrintWriter(terminal.err(), true, terminal.err().charset()))
        .setParameterExceptionHandler((e, _) -> printError(e))
        .setExecutionExceptionHandler((e, _, parsed) -> printError(e, parsed))
        .execute(arguments);
  }

  private List<CommandGroup> groups() {
    return List.of(
        new CommandGroup(
            new SessionsCommand(terminal), List.of("warm", "estimate", "stats", "follow")),
        new CommandGroup(
            new AnswersCommand(terminal),
            List.of(
                "submit", "queue", "show", "watch", "pause", "resume", "cancel", "retry", "delete",
                "try", "ask")),
        new CommandGroup(
            new PromptsCommand(terminal),
            List.of(
                "list", "show", "warm", "enable", "disable", "policy", "budget", "close", "delete",
                "ledger")),
        new CommandGroup(
            new TokenCommand(terminal), List.of("create", "list", "revoke", "import")));
  }

  /// A class whose methods are subcommands.
  ///
  /// @param names the subcommands in the order of the help, because reflection returns methods in
  ///   no particular order
  private record CommandGroup(Object methods, List<String> names) {

    /// Adds the subcommands only if the group is called, because building all of them takes 0.1 s.
    CommandLine command(String called) {
      var group = Cli.command(methods);
      var spec = group.getCommandSpec();
      if (spec.name().equals(called)) {
        spec.usageMessage().synopsisSubcommandLabel("(" + String.join(" | ", names) + ")");
        spec.addMethodSubcommands(CommandLine.defaultFactory());
        names.forEach(name -> group.addSubcommand(name, withHelp(spec.removeSubcommand(name))));
      }
      return group;
    }
  }

  private static CommandLine command(Object command) {
    return withHelp(new CommandLine(command));
  }

  private static CommandLine withHelp(CommandLine line) {
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
    return line;
  }

  private static String text(String text) {
    var fault = TextRules.whyInvalid(text);
    if (fault != null) {
      throw new TypeConversionException("expected valid Unicode text, got " + fault);
    }
    return text;
  }

  private static Duration duration(String text) {
    try {
      return DurationFormat.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Role role(String text) {
    return Role.of(text)
        .orElseThrow(
            () -> new TypeConversionException("expected " + Role.labels() + ", got " + text));
  }

  private int printError(ParameterException e) {
    var command = e.getCommandLine();
    printMessage(e);
    terminal.err().print(command.getHelp().synopsisHeading() + command.getHelp().synopsis(0));
    terminal.err().println("More: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE.number();
  }

  private int printError(Exception e, ParseResult parsed) throws Exception {
    return switch (e) {
      case InvalidValueException _, MissingSettingException _ -> {
        printMessage(e);
        yield ExitCode.USAGE.number();
      }
      case StokerException failure -> {
        print(failure, SessionWire.ErrorBody.label(failure.code()), parsed);
        yield ExitCode.of(failure).number();
      }
      case CommandException failure -> {
        print(failure, failure.code(), parsed);
        yield failure.exitCode().number();
      }
      default -> throw e;
    };
  }

  private void print(Exception failure, String code, ParseResult parsed) {
    if (hasJsonFlag(parsed)) {
      var body = new SessionWire.ErrorBody(code, String.valueOf(failure.getMessage()));
      terminal.out().println(WireJson.write(body));
    } else {
      printMessage(failure);
    }
  }

  private void printMessage(Exception e) {
    terminal.err().println(TextRules.escapedLines(String.valueOf(e.getMessage())));
  }

  private static boolean hasJsonFlag(ParseResult parsed) {
    var last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.hasMatchedOption("--json");
  }

  /// The version in the jar's manifest.
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      var version = Cli.class.getPackage().getImplementationVersion();
      return new String[] {"Stoker " + (version == null ? "(built from sources)" : version)};
    }
  }
}
