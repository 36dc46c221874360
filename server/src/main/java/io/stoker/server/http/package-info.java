/// The server's doors: HTTP with JSON, progress as server-sent events, health.
///
/// Start at [io.stoker.server.http.Routes], which names every URL.
///
/// - who may come in: `Guard`, `Reception` (who is it?), `Access` (what may they do?), `SignIn`,
///   `Passes`, `Tickets`, `Limits`; through which proxy: `Forwarded`, `ForwardedRequest`
/// - what happens behind the doors: `SessionHandlers`, `ProgressStream`; `AnswerHandlers` (queue),
///   `AnswerStream`, `AskHandlers` (users and cache), `DocumentHandlers`
/// - the page in the browser: `Console`; all at a glance: `OverviewStream`
/// - how responses are streamed: `LongResponse`, `EventStream` (server-sent events)
/// - how requests are read: `Body`, `Query`, `Form`, `QuestionUpload`, `DocumentUpload`; how errors
///   are told: `Problem`, `Problems`
/// - what monitors see: `SessionHealth`, `AnswerHealth`, `ReadinessGate`
@NullMarked
package io.stoker.server.http;

import org.jspecify.annotations.NullMarked;
