/// The server's doors: HTTP with JSON, progress as server-sent events, health.
///
/// Start at [io.stoker.server.http.Routes], which names every URL.
///
/// - who may come in: `Guard`
/// - what happens behind the doors: `SessionHandlers`, `ProgressStream`
/// - how requests are read: `Body`, `Query`; how errors are told: `Problem`, `Problems`
/// - what monitors see: `SessionHealth`, `ReadinessGate`
@NullMarked
package io.stoker.server.http;

import org.jspecify.annotations.NullMarked;
