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
        .addSubcommand(command(new AotTrainingCommand()));
    var called = arguments.length == 0 ? "" : arguments[0];
    // A server that is to be there soon does not wait for what it will not run.
    if (!called.equals("serve")) {
      nouns().forEach(noun -> all.addSubcommand(noun.command(called)));
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

  private List<Noun> nouns() {
    return List.of(
        new Noun(new SessionsCommand(terminal), List.of("warm", "estimate", "stats")),
        new Noun(
            new AnswersCommand(terminal),
            List.of(
                "submit", "queue", "show", "watch", "pause", "resume", "cancel", "retry", "delete",
                "try", "ask")),
        new Noun(
            new PromptsCommand(terminal),
            List.of(
                "list", "show", "warm", "enable", "disable", "policy", "budget", "close", "delete",
                "ledger")),
        new Noun(new TokenCommand(terminal), List.of("create", "list", "revoke", "import")));
  }

  /// A class whose methods are commands.
  ///
  /// @param verbs their names in the order of the help, since methods have no order
  private record Noun(Object methods, List<String> verbs) {

    /// With its verbs only if it is the one that is called, since reading them all takes a tenth of
    /// a second.
    CommandLine command(String called) {
      var noun = Cli.command(methods);
      var spec = noun.getCommandSpec();
      if (spec.name().equals(called)) {
        spec.usageMessage().synopsisSubcommandLabel("(" + String.join(" | ", verbs) + ")");
        spec.addMethodSubcommands(CommandLine.defaultFactory());
        verbs.forEach(verb -> noun.addSubcommand(verb, withHelp(spec.removeSubcommand(verb))));
      }
      return noun;
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
      throw new TypeConversionException("expected whole characters, got " + fault);
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

  private int complain(ParameterException e) {
    var command = e.getCommandLine();
    terminal.err().println(TextRules.escapedLines(String.valueOf(e.getMessage())));
    terminal.err().print(command.getHelp().synopsisHeading() + command.getHelp().synopsis(0));
    terminal.err().println("More: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE.number();
  }

  private int complain(Exception e, ParseResult parsed) throws Exception {
    return switch (e) {
      case InvalidValueException _, MissingSettingException _ -> {
        terminal.err().println(TextRules.escapedLines(String.valueOf(e.getMessage())));
        yield ExitCode.USAGE.number();
      }
      case StokerException trouble -> {
        if (wantsJson(parsed)) {
          terminal.out().println(WireJson.write(SessionWire.ErrorBody.of(trouble)));
        } else {
          terminal.err().println(TextRules.escapedLines(String.valueOf(trouble.getMessage())));
        }
        yield ExitCode.of(trouble).number();
      }
      case CommandException trouble -> {
        if (wantsJson(parsed)) {
          terminal
              .out()
              .println(
                  WireJson.write(
                      new SessionWire.ErrorBody(
                          trouble.code(), String.valueOf(trouble.getMessage()))));
        } else {
          terminal.err().println(TextRules.escapedLines(String.valueOf(trouble.getMessage())));
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
