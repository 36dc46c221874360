/// The command line: parse, call, print, exit code.
///
/// Start at [io.stoker.server.cli.Cli]; one class per noun, whose methods are its verbs.
/// `SessionsCommand` and `TokenCommand` work on databases directly; `AnswersCommand` and
/// `PromptsCommand` call a running server by a `ServerClient`.
@NullMarked
package io.stoker.server.cli;

import org.jspecify.annotations.NullMarked;
