/// Stoker keeps caches warm. This package holds the few types that all warmers share; it depends on
/// no warmer.
///
/// - [io.stoker.Time] and [io.stoker.ManualTime]: the clock, which is passed in everywhere
/// - [io.stoker.BackgroundLoop] and [io.stoker.BackgroundTask]: threads that log exceptions, and
///   loops that survive them
/// - [io.stoker.WarmOutcome] and [io.stoker.WarmCounts]: the result of warming an entry, and the
///   counts
/// - [io.stoker.StokerException]: a store failed
/// - [io.stoker.CallException]: a call to a model or another application failed
/// - [io.stoker.TextRules]: validation, sanitizing and display of text
/// - [io.stoker.CpuWorkPool]: a bounded pool of threads for CPU-bound work
/// - [io.stoker.CallTimeouts]: timeouts of an HTTP call
///
/// `io.stoker.wire` contains HTTP calls and JSON. `io.stoker.state` is the database that answers
/// and prompts share; `io.stoker.access` stores API tokens in it.
///
/// The warmers, which do not depend on each other:
///
/// - [io.stoker.sessions]: login sessions, from Postgres to Redis
/// - [io.stoker.answers]: answers of a RAG pipeline, from a queue of questions to a cache
/// - [io.stoker.prompts]: prompts of conversations, at LLM providers
@NullMarked
package io.stoker;

import org.jspecify.annotations.NullMarked;
