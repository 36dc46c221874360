package io.stoker.server.cli;

import picocli.CommandLine.Command;

/// The commands about login sessions.
@Command(
    name = "sessions",
    description = "Login sessions, from Postgres to Redis.",
    synopsisSubcommandLabel = "(warm | estimate | stats)")
final class SessionsCommand {}
