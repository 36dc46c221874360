package io.stoker.server.cli;

import picocli.CommandLine.Command;

/// The commands about tokens, which work on their file: with a server that runs and without one.
@Command(
    name = "token",
    description = "Tokens that callers of a server show.",
    synopsisSubcommandLabel = "(create | list | revoke)")
final class TokenCommand {}
