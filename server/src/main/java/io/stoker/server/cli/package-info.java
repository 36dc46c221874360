/// The command line: parse, call, print, exit code.
///
/// Start at [io.stoker.server.cli.Cli]; one class per command, and each command is a few lines.
@NullMarked
package io.stoker.server.cli;

import org.jspecify.annotations.NullMarked;
