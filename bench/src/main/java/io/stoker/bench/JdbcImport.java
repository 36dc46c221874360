package io.stoker.bench;

import java.util.List;
import java.util.stream.Stream;

/// The obvious import: rows of a JDBC cursor to maps, Jackson, and a pipeline of SET EX. It gets
/// eight times Stoker's memory.
///
/// @param batch commands per pipeline sync
record JdbcImport(int batch) implements Contender {

  static final List<String> OPTIONS = List.of("-Xmx512m");

  @Override
  public String name() {
    return "JDBC, map, Jackson, SET EX by " + batch;
  }

  @Override
  public Pass copy(BenchServers servers, Watcher watcher) throws InterruptedException {
    var arguments = Stream.concat(servers.addresses().stream(), Stream.of(Integer.toString(batch)));
    return Pass.of(ChildJvm.run(OPTIONS, ImportChild.class, arguments.toList(), watcher));
  }
}
