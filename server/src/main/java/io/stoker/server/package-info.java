/// The program around Stoker's libraries: entry point, wiring and lifecycle.
///
/// Start at [io.stoker.server.Main], then read [io.stoker.server.Assembly], which has all wiring;
/// `Server` defines the Spring beans. A `DataFolder` holds the server's files.
///
/// - settings: [io.stoker.server.settings]
/// - tokens, roles and tenants: [io.stoker.server.access]
/// - the server's part of each warmer: [io.stoker.server.sessions], [io.stoker.server.answers],
///   [io.stoker.server.prompts]; the console's overview of all three: [io.stoker.server.overview]
/// - routes: [io.stoker.server.http]; their JSON: [io.stoker.server.wire]
/// - logging and tracing: [io.stoker.server.telemetry]; diagnostics: [io.stoker.server.doctor];
///   commands: [io.stoker.server.cli]
@NullMarked
package io.stoker.server;

import org.jspecify.annotations.NullMarked;
