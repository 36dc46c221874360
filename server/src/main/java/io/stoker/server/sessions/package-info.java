/// The server's part of session warming: `SessionRuns` starts and records warm runs,
/// `AutomaticWarming` those that the server starts by itself.
@NullMarked
package io.stoker.server.sessions;

import org.jspecify.annotations.NullMarked;
