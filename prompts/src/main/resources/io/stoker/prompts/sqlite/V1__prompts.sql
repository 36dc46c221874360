-- Times are microseconds since 1970 (UTC), lengths of time microseconds. Reasons to rest and roles are
-- numbered as in JdbcPromptNumbers, texts written as in JdbcPromptText, bodies as in PromptJson.

-- How each conversation stands. What is going on in it is not kept.
CREATE TABLE conversation (
  id                TEXT    PRIMARY KEY,
  model             TEXT    NOT NULL,
  cwd               TEXT    NOT NULL,
  enabled           INTEGER NOT NULL,
  warm_every        INTEGER NOT NULL,
  next_warm_at      INTEGER,
  touched_at        INTEGER,
  last_warm_at      INTEGER,
  cache_percent     INTEGER,
  retention_percent INTEGER,
  failures          INTEGER NOT NULL,
  trouble           TEXT    NOT NULL,
  rest              INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversation_enabled ON conversation (id) WHERE enabled;

-- The number of the newest chunk. A conversation can have a history without being kept itself.
CREATE TABLE history (
  conversation_id TEXT    PRIMARY KEY,
  newest          INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE chunk (
  conversation_id TEXT    NOT NULL,
  seq             INTEGER NOT NULL,
  role            INTEGER NOT NULL,
  body            TEXT    NOT NULL,
  PRIMARY KEY (conversation_id, seq)
);

-- What each turn took.
CREATE TABLE turn (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id TEXT    NOT NULL,
  body            TEXT    NOT NULL
);
CREATE INDEX turn_of_conversation ON turn (conversation_id, id);

-- The last warms of each conversation; no tokens are counted in one that failed.
CREATE TABLE warm (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id TEXT    NOT NULL,
  started_at      INTEGER NOT NULL,
  took            INTEGER NOT NULL,
  model           TEXT    NOT NULL,
  manual          INTEGER NOT NULL,
  input_tokens    INTEGER,
  output_tokens   INTEGER,
  read_tokens     INTEGER,
  written_tokens  INTEGER,
  hour_tokens     INTEGER,
  trouble         TEXT    NOT NULL
);
CREATE INDEX warm_of_conversation ON warm (conversation_id, id);
