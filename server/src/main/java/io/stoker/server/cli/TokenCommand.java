package io.stoker.server.cli;

import picocli.CommandLine.Command;

/// The commands about tokens, which work on where the server keeps them: with one that runs and
/// without one.
@Command(
    name = "token",
    description = "Tokens that callers of a server show.",
    synopsisSubcommandLabel = "(create | list | revoke | import)")
final class TokenCommand {}
