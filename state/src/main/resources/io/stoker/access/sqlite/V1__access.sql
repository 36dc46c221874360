-- Tokens that callers show: what an entry says is as in a file of tokens, and no secret.
CREATE TABLE token (
  name  TEXT PRIMARY KEY,
  entry TEXT NOT NULL
) WITHOUT ROWID;

-- Cookies whose users have signed out, until they would have ended by themselves, in microseconds since 1970.
CREATE TABLE ended_cookie (
  id      TEXT PRIMARY KEY,
  ends_at INTEGER NOT NULL
) WITHOUT ROWID;
