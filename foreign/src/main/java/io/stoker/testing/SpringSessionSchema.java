package io.stoker.testing;

import javax.sql.DataSource;

/// The tables of Spring Session JDBC 4.1 for Postgres, as in its `schema-postgresql.sql`.
public final class SpringSessionSchema {

  private static final String TABLES =
      """
      CREATE TABLE SPRING_SESSION (
        PRIMARY_ID CHAR(36) NOT NULL,
        SESSION_ID CHAR(36) NOT NULL,
        CREATION_TIME BIGINT NOT NULL,
        LAST_ACCESS_TIME BIGINT NOT NULL,
        MAX_INACTIVE_INTERVAL INT NOT NULL,
        EXPIRY_TIME BIGINT NOT NULL,
        PRINCIPAL_NAME VARCHAR(100),
        CONSTRAINT SPRING_SESSION_PK PRIMARY KEY (PRIMARY_ID)
      );

      CREATE UNIQUE INDEX SPRING_SESSION_IX1 ON SPRING_SESSION (SESSION_ID);
      CREATE INDEX SPRING_SESSION_IX2 ON SPRING_SESSION (EXPIRY_TIME);
      CREATE INDEX SPRING_SESSION_IX3 ON SPRING_SESSION (PRINCIPAL_NAME);

      CREATE TABLE SPRING_SESSION_ATTRIBUTES (
        SESSION_PRIMARY_ID CHAR(36) NOT NULL,
        ATTRIBUTE_NAME VARCHAR(200) NOT NULL,
        ATTRIBUTE_BYTES BYTEA NOT NULL,
        CONSTRAINT SPRING_SESSION_ATTRIBUTES_PK
          PRIMARY KEY (SESSION_PRIMARY_ID, ATTRIBUTE_NAME),
        CONSTRAINT SPRING_SESSION_ATTRIBUTES_FK
          FOREIGN KEY (SESSION_PRIMARY_ID) REFERENCES SPRING_SESSION(PRIMARY_ID) ON DELETE CASCADE
      );
      """;

  private SpringSessionSchema() {}

  /// Creates the empty tables in a database that does not have them.
  public static void create(DataSource dataSource) {
    Sql.run(dataSource, TABLES);
  }

  /// Drops the tables.
  public static void drop(DataSource dataSource) {
    Sql.run(dataSource, "DROP TABLE IF EXISTS SPRING_SESSION_ATTRIBUTES, SPRING_SESSION");
  }

  /// Removes all rows.
  public static void empty(DataSource dataSource) {
    Sql.run(dataSource, "TRUNCATE SPRING_SESSION_ATTRIBUTES, SPRING_SESSION");
  }
}
