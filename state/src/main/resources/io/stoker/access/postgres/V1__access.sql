-- Tokens that callers show: what an entry says is as in a file of tokens, and no secret.
CREATE TABLE token (
  name  text COLLATE "C" PRIMARY KEY,
  entry text NOT NULL
);

-- Cookies whose users have signed out, until they would have ended by themselves, in microseconds since 1970.
CREATE TABLE ended_cookie (
  id      text COLLATE "C" PRIMARY KEY,
  ends_at bigint NOT NULL
);
