/// Stoker keeps caches warm. This package holds the few types that all warmers share; it depends on
/// no warmer.
///
/// - [io.stoker.Time] and [io.stoker.ManualTime]: the clock, which is passed in everywhere
/// - [io.stoker.BackgroundLoop] and [io.stoker.BackgroundTask]: threads whose failures are logged,
///   and loops that go on
/// - [io.stoker.WarmOutcome] and [io.stoker.WarmCounts]: what became of each entry, and the counts
/// - [io.stoker.StokerException]: a store that failed, with a code
/// - [io.stoker.CallException]: a call to a model or another application that failed, with a code
/// - [io.stoker.TextRules]: which characters a text may hold, and how it is shown
/// - [io.stoker.CpuWorkPool]: platform threads for work that keeps a processor busy
/// - [io.stoker.CallTimeouts]: how long a call over HTTP may take
///
/// `io.stoker.wire` beside it is calls over HTTP, and JSON. `io.stoker.state` is the database that
/// answers and prompts share; `io.stoker.access` stores in it who may call a server.
///
/// The warmers, which do not depend on each other:
///
/// - [io.stoker.sessions]: login sessions, from Postgres to Redis
/// - [io.stoker.answers]: answers of a RAG pipeline, from a queue of questions to a cache
/// - [io.stoker.prompts]: prompts of conversations, at LLM providers
@NullMarked
package io.stoker;

import org.jspecify.annotations.NullMarked;
