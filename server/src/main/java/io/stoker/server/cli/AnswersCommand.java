package io.stoker.server.cli;

import picocli.CommandLine.Command;

/// The commands about answers, all of which talk to a running server.
@Command(
    name = "answers",
    description = "Answers to questions, warmed by a running server.",
    synopsisSubcommandLabel =
        "(submit | queue | show | watch | pause | resume | cancel | retry | delete | try | ask)")
final class AnswersCommand {}
