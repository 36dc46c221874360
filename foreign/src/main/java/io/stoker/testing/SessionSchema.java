package io.stoker.testing;

import javax.sql.DataSource;

/// The tables of the default mapping: `platform.users` and `platform.user_sessions`, with the index
/// that serves "newest activity first".
public final class SessionSchema {

  private static final String TABLES =
      """
      CREATE SCHEMA IF NOT EXISTS platform;
      CREATE TABLE platform.users (
        id uuid NOT NULL,
        email text NOT NULL,
        username text NOT NULL,
        first_name text,
        last_name text,
        banned_until timestamptz,
        deleted_at timestamptz,
        metadata jsonb NOT NULL DEFAULT '{}');
      CREATE TABLE platform.user_sessions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        token text NOT NULL,
        refresh_token text,
        ip_address inet,
        user_agent text,
        expires_at timestamptz NOT NULL,
        last_activity_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now());
      """;

  private static final String KEYS =
      """
      ALTER TABLE platform.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
      ALTER TABLE platform.user_sessions
        ADD CONSTRAINT user_sessions_pkey PRIMARY KEY (id),
        ADD CONSTRAINT user_sessions_token_key UNIQUE (token);
      CREATE INDEX user_sessions_last_activity_at_idx
        ON platform.user_sessions (last_activity_at DESC);
      CREATE INDEX user_sessions_user_id_idx ON platform.user_sessions (user_id);
      ALTER TABLE platform.user_sessions ADD CONSTRAINT user_sessions_user_id_fkey
        FOREIGN KEY (user_id) REFERENCES platform.users (id) ON DELETE CASCADE;
      """;

  private static final String NO_KEYS =
      """
      ALTER TABLE platform.user_sessions
        DROP CONSTRAINT user_sessions_user_id_fkey,
        DROP CONSTRAINT user_sessions_token_key,
        DROP CONSTRAINT user_sessions_pkey;
      DROP INDEX platform.user_sessions_last_activity_at_idx;
      DROP INDEX platform.user_sessions_user_id_idx;
      ALTER TABLE platform.users DROP CONSTRAINT users_pkey;
      """;

  private SessionSchema() {}

  /// Creates the empty tables in a database that does not have them.
  public static void create(DataSource dataSource) {
    Sql.run(dataSource, TABLES + KEYS);
  }

  /// Drops the tables.
  public static void drop(DataSource dataSource) {
    Sql.run(dataSource, "DROP SCHEMA IF EXISTS platform CASCADE");
  }

  /// Removes all rows.
  public static void empty(DataSource dataSource) {
    Sql.run(dataSource, "TRUNCATE platform.users, platform.user_sessions");
  }

  /// SQL that drops every key and index, for fast bulk loading.
  static String withoutKeys() {
    return NO_KEYS;
  }

  /// SQL that restores every key and index.
  static String withKeys() {
    return KEYS;
  }
}
