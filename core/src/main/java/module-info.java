/// Stoker's library: warmers without a container and without a web.
module io.stoker {
  requires transitive java.sql;
  requires java.net.http;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires com.github.benmanes.caffeine;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires org.postgresql.jdbc;
  requires transitive redis.clients.jedis;
  requires tools.jackson.core;
  requires static transitive micrometer.core;
  requires static com.anthropic.core;
  requires static flyway.core;
  requires static org.xerial.sqlitejdbc;
  requires static org.apache.lucene.analysis.common;
  requires static org.apache.lucene.core;
  requires static org.apache.pdfbox;
  requires static org.apache.pdfbox.io;

  exports io.stoker;
  exports io.stoker.access;
  exports io.stoker.answers;
  exports io.stoker.answers.rag;
  exports io.stoker.prompts;
  exports io.stoker.prompts.policy;
  exports io.stoker.sessions;
  exports io.stoker.state;
}
