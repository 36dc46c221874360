package io.stoker.testing;

/// The statements of [SessionSeed]. Everything that looks random is a hash of the seed and a
/// number.
final class SeedSql {

  /// Parameters: seed, now, banned users, deleted users, users.
  static final String USERS =
      """
      WITH given AS (
        SELECT ?::bigint AS seed, ?::timestamptz AS now, ?::int AS banned, ?::int AS deleted,
          ?::int AS users,
          '{Ada,Björn,Chloé,Dmitri,Elif,Fatima,Giulia,Henrik,Inês,Jamal,Katarzyna,Liam,Mei,Noor,
            Olivia,Priya,Quentin,Rosa,Søren,Tomás,Uma,Victor,Wanjiru,Xiomara,Yuki,Zoë}'::text[]
            AS firsts,
          ARRAY['Andersson','Brown','Chen','Dąbrowski','Evans','Fischer','García','Hughes','Ivanov',
            'Jensen','Kowalska','Lindqvist','Müller','Nguyen','O''Brien','Patel','Quispe','Rossi',
            'Silva','Tanaka','Ueda','van der Berg','Williams','Xu','Yılmaz','Zhang'] AS lasts,
          '{de-DE,en-GB,en-US,es-ES,fr-FR,ja-JP,pl-PL,pt-BR}'::text[] AS locales,
          '{Europe/Berlin,Europe/London,America/New_York,Asia/Tokyo,America/Sao_Paulo}'::text[]
            AS zones,
          '{free,team,business,enterprise}'::text[] AS plans)
      INSERT INTO platform.users
        (id, email, username, first_name, last_name, banned_until, deleted_at, metadata)
      SELECT md5('user:' || seed || ':' || i)::uuid,
        'user' || i || '.' || to_hex(h & 65535)
          || (ARRAY['@example.com','@mail.example.org','@example.net'])[1 + (h >> 4 & 7) % 3],
        'user_' || i,
        firsts[1 + (h >> 8 & 4095) % 26],
        lasts[1 + (h >> 20 & 4095) % 26],
        CASE
          WHEN i < banned AND i % 10 = 9 THEN 'infinity'
          WHEN i < banned THEN now + interval '1 hour' * (1 + (h >> 32 & 1023))
          WHEN i >= banned + deleted AND i % 50 = 0
            THEN now - interval '1 hour' * (1 + (h >> 32 & 1023))
        END,
        CASE WHEN i >= banned AND i < banned + deleted
          THEN now - interval '1 minute' * (1 + (h >> 32 & 65535)) END,
        jsonb_build_object(
          'locale', locales[1 + (h >> 3 & 7)],
          'timezone', zones[1 + (h >> 6 & 1023) % 5],
          'plan', jsonb_build_object('name', plans[1 + (h >> 10 & 3)], 'seats', h >> 12 & 63),
          'roles', CASE WHEN h & 3 = 0 THEN '["admin", "editor"]'::jsonb ELSE '["viewer"]' END,
          'preferences', jsonb_build_object('theme',
            CASE WHEN h & 1 = 0 THEN 'dark' ELSE 'light' END, 'digest', h & 2 = 0))
      FROM given, generate_series(0, users - 1) AS i,
        LATERAL (SELECT hashint8extended(i, seed) AS h) AS hashed
      """;

  /// Parameters: seed, now, expired, banned, deleted, idle sessions, banned, deleted, all users,
  /// all sessions.
  static final String SESSIONS =
      """
      WITH given AS (
        SELECT ?::bigint AS seed, ?::timestamptz AS now, ?::int AS expired, ?::int AS banned,
          ?::int AS deleted, ?::int AS idle, ?::int AS banned_users, ?::int AS deleted_users,
          ?::int AS users, ?::int AS sessions,
          ARRAY[
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
            'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
            'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
            'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
            'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36',
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0',
            'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
            'ExampleApp/7.4 (Android 15; "Pixel 9"; build\\2201)'] AS agents)
      INSERT INTO platform.user_sessions
        (id, user_id, token, refresh_token, ip_address, user_agent, expires_at, last_activity_at,
          created_at)
      SELECT md5('session:' || seed || ':' || i)::uuid,
        md5('user:' || seed || ':' || CASE kind
          WHEN 'banned' THEN (h >> 8 & 16777215) % banned_users
          WHEN 'deleted' THEN banned_users + (h >> 8 & 16777215) % deleted_users
          ELSE banned_users + deleted_users + (h >> 8 & 16777215) % (users - banned_users - deleted_users)
        END)::uuid,
        encode(sha256(encode(sha256(convert_to(seed || ':' || i, 'UTF8')), 'hex')::bytea), 'hex'),
        encode(sha256(convert_to('refresh:' || seed || ':' || i, 'UTF8')), 'hex'),
        CASE WHEN h & 3 = 0 THEN '2001:db8::'::inet + (g & 9223372036854775807)
          ELSE '11.0.0.0'::inet + (g & 2147483647) END,
        agents[1 + (h >> 5 & 7)],
        CASE kind WHEN 'expired' THEN active + interval '1 second'
          ELSE now + interval '10 minutes' + interval '1 second' * floor(2591400 * slow) END,
        active,
        active - interval '1 second' * floor(1728000 * slow)
      FROM given, generate_series(0, sessions - 1) AS i,
        LATERAL (SELECT hashint8extended(i, seed) AS h, hashint8extended(i, seed + 1) AS g) AS hashed,
        LATERAL (SELECT (g >> 3 & 1048575) / 1048576.0::float8 AS quick,
          (g >> 27 & 1048575) / 1048576.0::float8 AS slow,
          i::bigint * 2654435761 % sessions AS rank) AS drawn,
        LATERAL (SELECT CASE
          WHEN rank < expired THEN 'expired'
          WHEN rank < expired + banned THEN 'banned'
          WHEN rank < expired + banned + deleted THEN 'deleted'
          WHEN rank < expired + banned + deleted + idle THEN 'idle'
          ELSE 'eligible' END AS kind) AS kinds,
        LATERAL (SELECT now - interval '1 microsecond' * floor(1000000 * CASE
          WHEN kind = 'idle' THEN 90000 + 169200 * quick * quick
          ELSE 2 + 82798 * quick * quick * quick END) AS active) AS times
      """;

  private SeedSql() {}
}
