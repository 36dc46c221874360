/// The JSON of the HTTP API and of `--json`, and the formats of values in it.
///
/// [io.stoker.server.wire.WireJson] reads and writes; SessionWire, AnswerWire, PromptWire and
/// LedgerWire are what is written. DurationFormat, DollarFormat and TextLimits read values for
/// settings, flags and bodies alike; InvalidValueException is what they throw.
@NullMarked
package io.stoker.server.wire;

import org.jspecify.annotations.NullMarked;
