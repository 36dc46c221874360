package io.stoker.bench;

import io.stoker.sessions.SessionPlan;
import java.util.List;
import java.util.stream.Stream;

/// Stoker's own warm run, in a JVM with little memory.
///
/// @param limit the limit of the plan
record StokerCopy(long limit) implements Contender {

  /// Little memory, and Jedis' buffer size as the server sets it.
  static final List<String> OPTIONS = List.of("-Xmx64m", "-Djedis.bufferSize.output=65536");

  @Override
  public String name() {
    return limit == SessionPlan.ALL ? "Stoker, all" : "Stoker, limit = rows";
  }

  @Override
  public Pass copy(BenchServers servers, Watcher watcher) throws InterruptedException {
    var arguments = Stream.concat(servers.addresses().stream(), Stream.of(Long.toString(limit)));
    return Pass.of(ChildJvm.run(OPTIONS, SessionsChild.class, arguments.toList(), watcher));
  }
}
