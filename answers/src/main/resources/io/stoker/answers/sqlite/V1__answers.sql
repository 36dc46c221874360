-- Times are microseconds since 1970 (UTC). States, outcomes and kinds are numbered as in JdbcNumbers.

-- log: the newest event. corpus: the version of the documents. rate: when the next claim is due.
CREATE TABLE counter (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('log', 0), ('corpus', 0), ('rate', 0);

CREATE TABLE batch (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  state           INTEGER NOT NULL DEFAULT 0,
  total           INTEGER NOT NULL,
  completed       INTEGER NOT NULL DEFAULT 0,
  failed          INTEGER NOT NULL DEFAULT 0,
  skipped         INTEGER NOT NULL DEFAULT 0,
  cancelled       INTEGER NOT NULL DEFAULT 0,
  name            TEXT    NOT NULL,
  scope           TEXT    NOT NULL,
  keep_duplicates INTEGER NOT NULL,
  only_stale      INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  started_at      INTEGER,
  ended_at        INTEGER,
  reason          TEXT    NOT NULL DEFAULT '',
  idempotency_key TEXT UNIQUE
);
CREATE INDEX batch_open ON batch (id) WHERE ended_at IS NULL;
CREATE INDEX batch_by_state ON batch (state, id);

CREATE TABLE query (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id   INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  question   TEXT    NOT NULL,
  aliases    TEXT,
  state      INTEGER NOT NULL DEFAULT 0,
  outcome    INTEGER,
  detail     TEXT    NOT NULL DEFAULT '',
  attempts   INTEGER NOT NULL DEFAULT 0,
  lost       INTEGER NOT NULL DEFAULT 0,
  token      INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER,
  lease_ends INTEGER,
  started_at INTEGER,
  ended_at   INTEGER
);
CREATE UNIQUE INDEX query_of_batch ON query (batch_id, position);
CREATE INDEX query_pending ON query (batch_id, position) WHERE state = 0;
CREATE INDEX query_leased ON query (batch_id, lease_ends) WHERE state = 1;
CREATE INDEX query_due ON query (not_before) WHERE state = 0 AND not_before IS NOT NULL;

CREATE TABLE batch_change (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  what     TEXT    NOT NULL,
  reason   TEXT    NOT NULL,
  state    INTEGER NOT NULL
);
CREATE INDEX batch_change_of_batch ON batch_change (batch_id, id);

CREATE TABLE event (
  id       INTEGER PRIMARY KEY,
  batch_id INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  query_id INTEGER NOT NULL
);

CREATE TABLE answer (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  answer_key      TEXT    NOT NULL UNIQUE,
  digest          TEXT    NOT NULL,
  question        TEXT    NOT NULL,
  question_lower  TEXT    NOT NULL,
  scope           TEXT    NOT NULL,
  body            TEXT    NOT NULL,
  confidence      INTEGER NOT NULL,
  model           TEXT    NOT NULL,
  not_cacheable   TEXT    NOT NULL,
  stored_at       INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  served_at       INTEGER NOT NULL,
  stale           INTEGER NOT NULL,
  hits            INTEGER NOT NULL,
  bytes           INTEGER NOT NULL
);
CREATE INDEX answer_by_question ON answer (digest);
CREATE INDEX answer_by_expiry ON answer (expires_at);
CREATE INDEX answer_by_use ON answer (served_at, id);
CREATE INDEX answer_by_scope ON answer (scope, id);

CREATE TABLE answer_source (
  answer_id INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  document  TEXT    NOT NULL,
  version   INTEGER NOT NULL,
  title     TEXT    NOT NULL,
  passage   TEXT    NOT NULL,
  score     REAL    NOT NULL,
  PRIMARY KEY (answer_id, position)
) WITHOUT ROWID;
CREATE INDEX answer_source_of_document ON answer_source (document, answer_id);

CREATE TABLE answer_wording (
  answer_id INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  wording   TEXT    NOT NULL,
  PRIMARY KEY (answer_id, position)
) WITHOUT ROWID;

CREATE TABLE answer_alias (
  alias_key TEXT    PRIMARY KEY,
  answer_id INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX answer_alias_of_answer ON answer_alias (answer_id);

-- How often a question was asked in a minute; the digest is that of scope and normal form.
CREATE TABLE asked (
  minute   INTEGER NOT NULL,
  scope    TEXT    NOT NULL,
  digest   TEXT    NOT NULL,
  question TEXT    NOT NULL,
  asked    INTEGER NOT NULL,
  hits     INTEGER NOT NULL,
  hit_key  TEXT,
  PRIMARY KEY (minute, digest)
) WITHOUT ROWID;

CREATE TABLE document (
  id         TEXT    NOT NULL,
  scope      TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  title      TEXT    NOT NULL,
  body       TEXT    NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (id, scope)
);

CREATE TABLE note (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL
) WITHOUT ROWID;
