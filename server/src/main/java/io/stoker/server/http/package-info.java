/// The HTTP API: JSON, server-sent events, WebSockets, and health.
///
/// Start at [io.stoker.server.http.Routes], which lists every URL.
///
/// - Access: `RequestFilter`, `Authenticator`, `Access` (the rule of a route), `SignIn`,
///   `SessionCookies`, `Tickets`, `RateLimits`; behind proxies: `ForwardedHeaders`,
///   `ForwardedRequest`
/// - Handlers: `SessionHandlers`, `ProgressStream`; `AnswerHandlers` (queue), `AnswerStream`,
///   `AskHandlers` (questions and cache), `DocumentHandlers`; `PromptHandlers`, `LedgerHandlers`;
///   `ChatHandlers`, `ChatStream`; `OverviewStream`; `Console` (static files)
/// - WebSockets: `SocketMapping`, `SocketHandler`, `SocketSession`, `SurfaceSubscriptions`,
///   `SendQueue`
/// - Requests: `JsonBody`, `QueryParameters`, `MultipartForm`, `QuestionUpload`, `DocumentUpload`;
///   errors: `Problem`, `Problems`
/// - Streamed responses: `StreamedResponse`, `EventStream` (server-sent events)
/// - Tomcat: `TomcatCustomizer`, `TrackingHttpProtocol`, `ConnectionRegistry`
/// - OpenAPI: `ApiDocs`, `ApiOperations`, `ApiSchemas`, `ApiExamples`
/// - Health: `SessionHealth`, `AnswerHealth`, `PromptHealth`, `ReadinessGate`
@NullMarked
package io.stoker.server.http;

import org.jspecify.annotations.NullMarked;
