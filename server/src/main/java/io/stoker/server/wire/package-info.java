/// How the server says what it knows: JSON for clients, and the values in it.
///
/// [io.stoker.server.wire.WireJson] reads and writes; SessionWire, AnswerWire, PromptWire and
/// LedgerWire are what is written. DurationFormat, DollarFormat and TextLimits read values for
/// settings, flags and bodies alike; InvalidValueException is what they throw.
@NullMarked
package io.stoker.server.wire;

import org.jspecify.annotations.NullMarked;
