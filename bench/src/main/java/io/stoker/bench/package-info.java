/// Benchmarks of the hot paths, each compared with common alternatives.
///
/// Start with [io.stoker.bench.Bench], the command line. [io.stoker.bench.SessionsBench] measures
/// copying a million sessions.
///
/// - `BenchServers` (servers and data), `Machine` (the machine)
/// - contenders: `Contender`, which is `StokerCopy`, `ShellPipe` or `JdbcImport`
/// - each Java contender runs in its own JVM (`ChildJvm`) and reports with `ChildReport`
/// - latency of an application meanwhile: `LatencyProbe`
/// - conversations: `PromptsBench` and its page, timers behind `TimerSet`, a `BenchConversations`
///   that is kept warm and its `LatenessRecorder`, and `SocketsBench` at a `ServerProcess`
/// - the sums and the page: `Statistics`, `SessionsPage`
@NullMarked
package io.stoker.bench;

import org.jspecify.annotations.NullMarked;
