/// A durable queue of questions, the cache of their answers, and the pipelines that answer them.
module io.stoker.answers {
  requires transitive io.stoker.base;
  requires transitive io.stoker.state;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires org.apache.lucene.analysis.common;
  requires org.apache.lucene.core;
  requires org.apache.pdfbox;
  requires org.apache.pdfbox.io;
  requires transitive redis.clients.jedis;
  requires tools.jackson.databind;

  exports io.stoker.answers;
  exports io.stoker.answers.rag;

  uses io.stoker.answers.Encoder;
}
