/// The server's HTTP side: JSON, progress as server-sent events, health.
///
/// Start at [io.stoker.server.http.Routes], which names every URL.
///
/// - who may call: `RequestFilter`, `Authenticator` (who is it?), `Access` (what may it do?),
///   `SignIn`, `SessionCookies`, `Tickets`, `RateLimits`; through which proxy: `ForwardedHeaders`,
///   `ForwardedRequest`
/// - what handles requests: `SessionHandlers`, `ProgressStream`; `AnswerHandlers` (queue),
///   `AnswerStream`, `AskHandlers` (users and cache), `DocumentHandlers`
/// - the page in the browser: `Console`; all at a glance: `OverviewStream`
/// - how responses are streamed: `StreamedResponse`, `EventStream` (server-sent events)
/// - how requests are read: `JsonBody`, `QueryParameters`, `MultipartForm`, `QuestionUpload`,
///   `DocumentUpload`; how errors are sent: `Problem`, `Problems`
/// - how routes are described: `ApiDocs`, `ApiOperations`, `ApiSchemas`, `ApiExamples`
/// - what monitors see: `SessionHealth`, `AnswerHealth`, `ReadinessGate`
@NullMarked
package io.stoker.server.http;

import org.jspecify.annotations.NullMarked;
