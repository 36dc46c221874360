/// Measurements of the few hot things, each beside what people use today.
///
/// Start at [io.stoker.bench.Bench], the command line. [io.stoker.bench.SessionsBench] copies a
/// million sessions and says how fast.
///
/// - `BenchServers` (servers and data), `Machine` (what it ran on)
/// - what copies: `Contender`, which is `StokerCopy`, `ShellPipe` or `JdbcImport`
/// - each Java contender runs in a JVM of its own (`ChildJvm`), which reports by `ChildReport`
/// - what an application notices meanwhile: `LatencyProbe`
/// - conversations: `PromptsBench` and its page, timers behind `TimerSet`, a `BenchConversations`
///   that is kept warm and its `LatenessRecorder`, and `SocketsBench` at a `ServerProcess`
/// - the sums and the page: `Statistics`, `SessionsPage`
@NullMarked
package io.stoker.bench;

import org.jspecify.annotations.NullMarked;
