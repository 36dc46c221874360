/// Keeps login sessions warm: copies them from Postgres to Redis, and revokes them there.
module io.stoker.sessions {
  requires transitive io.stoker.base;
  requires transitive java.sql;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires com.github.benmanes.caffeine;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires org.apache.commons.pool2;
  requires org.postgresql.jdbc;
  requires transitive redis.clients.jedis;
  requires tools.jackson.core;
  requires transitive micrometer.core;

  exports io.stoker.sessions;
}
