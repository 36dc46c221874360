/// How the server says what it knows: JSON for clients, and the values in it.
///
/// [io.stoker.server.wire.Json] reads and writes; SessionWire, AnswerWire, PromptWire and
/// LedgerWire are what is written. Durations, Dollars and TextBounds read values for settings,
/// flags and bodies alike; BadValue is what they throw.
@NullMarked
package io.stoker.server.wire;

import org.jspecify.annotations.NullMarked;
