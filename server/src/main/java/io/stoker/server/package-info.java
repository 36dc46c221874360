/// The program around Stoker's libraries: how their parts meet, and who starts what.
///
/// Start at [io.stoker.server.Main], then read [io.stoker.server.Assembly].
///
/// - what it is told: [io.stoker.server.settings]; `Durations` and `BadValue` for all who read
///   values
/// - who may call it: [io.stoker.server.access]
/// - how parts meet: `Assembly`, `Sessions`; `Server` for Spring
/// - what a server does about sessions: `SessionRuns` (the runs of this process), `Upkeep` (those
///   it begins by itself), `WarmRun`
/// - what it does about answers: `Answers`, `LiveSettings` (changed while it runs),
///   `AnswerMetrics`; kept in a `DataFolder`
/// - all of it at a glance: [io.stoker.server.overview]
/// - what may be wrong with it: [io.stoker.server.doctor]
/// - how it says it: `Wire`, `AnswerWire`, `PromptWire`, `LedgerWire`
///
/// [io.stoker.server.http] and [io.stoker.server.cli] are the doors.
@NullMarked
package io.stoker.server;

import org.jspecify.annotations.NullMarked;
