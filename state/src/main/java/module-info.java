/// One SQL database for state that must survive a restart: SQLite in a folder, or Postgres.
@SuppressWarnings("module") // those that it is exported to are compiled later
module io.stoker.state {
  requires transitive io.stoker.base;
  requires transitive java.sql;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires flyway.core;
  requires org.postgresql.jdbc;
  requires org.xerial.sqlitejdbc;

  exports io.stoker.access;
  exports io.stoker.state;
  exports io.stoker.state.jdbc to
      io.stoker.answers,
      io.stoker.prompts;
}
