/// The program around Stoker's libraries: how their parts meet, and who starts what.
///
/// Start at [io.stoker.server.Main], then read [io.stoker.server.Assembly], which is all wiring;
/// `Server` shows its parts to Spring. A `DataFolder` is where a server keeps its files.
///
/// - what can be set: [io.stoker.server.settings]
/// - who may call: [io.stoker.server.access]
/// - what a server does: [io.stoker.server.sessions], [io.stoker.server.answers],
///   [io.stoker.server.prompts]; all of it at a glance: [io.stoker.server.overview]
/// - what clients get: [io.stoker.server.wire], over [io.stoker.server.http]
/// - what operators see: [io.stoker.server.telemetry]; what may be wrong:
///   [io.stoker.server.doctor]; commands: [io.stoker.server.cli]
@NullMarked
package io.stoker.server;

import org.jspecify.annotations.NullMarked;
