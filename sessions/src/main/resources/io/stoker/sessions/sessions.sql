-- The standard mapping. Copy it, rename what is named differently in your database, and pass the
-- file as --mapping or STOKER_SESSIONS_MAPPING. Columns that must be there: token_hash, user_id,
-- expires_at, last_activity_at. All others become members of the cached JSON under their own names.
-- The next line says whose changes are followed, if stoker.sessions.follow is set.
-- follow: {session: {table: platform.user_sessions, key: token}, user: {table: platform.users, key: id}}
SELECT s.token AS token_hash,
       s.user_id,
       s.expires_at,
       s.last_activity_at,
       s.id AS session_id,
       s.created_at,
       s.ip_address,
       s.user_agent,
       u.email,
       u.username,
       u.first_name,
       u.last_name,
       u.metadata
  FROM platform.user_sessions s
  JOIN platform.users u ON u.id = s.user_id
 WHERE u.deleted_at IS NULL
   AND (u.banned_until IS NULL OR u.banned_until <= now())
