-- Money is in micro-dollars. Modes, stops, tiers and kinds are numbered as in JdbcPromptNumbers.

ALTER TABLE conversation ADD COLUMN tenant             TEXT    NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN daily_budget       INTEGER;
ALTER TABLE conversation ADD COLUMN spent              INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN saved              INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN wasted             INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN mode               INTEGER;
ALTER TABLE conversation ADD COLUMN why                TEXT    NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN idle_since         INTEGER;
ALTER TABLE conversation ADD COLUMN idle_stop          INTEGER;
ALTER TABLE conversation ADD COLUMN idle_tier          INTEGER;
ALTER TABLE conversation ADD COLUMN idle_prompt_tokens INTEGER;
ALTER TABLE conversation ADD COLUMN idle_cached_tokens INTEGER;
ALTER TABLE conversation ADD COLUMN idle_pings         INTEGER;
ALTER TABLE conversation ADD COLUMN idle_spent         INTEGER;
ALTER TABLE conversation ADD COLUMN idle_wrote         INTEGER;
ALTER TABLE conversation ADD COLUMN idle_focused       INTEGER;
ALTER TABLE conversation ADD COLUMN idle_settled       INTEGER;

-- What turns and warms have cost and brought. Rows are only ever added.
CREATE TABLE ledger (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  at                INTEGER NOT NULL,
  conversation_id   TEXT    NOT NULL,
  tenant            TEXT    NOT NULL,
  provider          TEXT    NOT NULL,
  model             TEXT    NOT NULL,
  kind              INTEGER NOT NULL,
  input_tokens      INTEGER NOT NULL,
  output_tokens     INTEGER NOT NULL,
  read_tokens       INTEGER,
  written_tokens    INTEGER,
  hour_tokens       INTEGER NOT NULL,
  cost              INTEGER NOT NULL,
  saved             INTEGER NOT NULL,
  wasted            INTEGER NOT NULL,
  priced            INTEGER NOT NULL,
  idle              INTEGER,
  pings             INTEGER NOT NULL,
  first_token_after INTEGER
);
CREATE INDEX ledger_at ON ledger (at);
CREATE INDEX ledger_of_conversation ON ledger (conversation_id, at);
CREATE INDEX ledger_of_tenant ON ledger (tenant, at);

-- What a policy has learned; counts are decimal numbers with spaces between them.
CREATE TABLE learned (
  tenant TEXT NOT NULL,
  topic  TEXT NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (tenant, topic)
) WITHOUT ROWID;
