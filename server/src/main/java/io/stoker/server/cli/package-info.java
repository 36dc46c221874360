/// The command line.
///
/// Start at [io.stoker.server.cli.Cli]. Each command group is a class whose methods are its
/// subcommands. `SessionsCommand` and `TokenCommand` connect to the databases; `AnswersCommand` and
/// `PromptsCommand` call a running server through a `ServerClient`.
@NullMarked
package io.stoker.server.cli;

import org.jspecify.annotations.NullMarked;
