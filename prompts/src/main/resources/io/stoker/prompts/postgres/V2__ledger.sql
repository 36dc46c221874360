-- Money is in micro-dollars. Modes, stops, tiers and kinds are numbered as in JdbcPromptNumbers.

ALTER TABLE conversation
  ADD COLUMN tenant             text NOT NULL DEFAULT '',
  ADD COLUMN daily_budget       bigint,
  ADD COLUMN spent              bigint NOT NULL DEFAULT 0,
  ADD COLUMN saved              bigint NOT NULL DEFAULT 0,
  ADD COLUMN wasted             bigint NOT NULL DEFAULT 0,
  ADD COLUMN mode               smallint,
  ADD COLUMN why                text NOT NULL DEFAULT '',
  ADD COLUMN idle_since         bigint,
  ADD COLUMN idle_stop          smallint,
  ADD COLUMN idle_tier          smallint,
  ADD COLUMN idle_prompt_tokens bigint,
  ADD COLUMN idle_cached_tokens bigint,
  ADD COLUMN idle_pings         integer,
  ADD COLUMN idle_spent         bigint,
  ADD COLUMN idle_wrote         boolean,
  ADD COLUMN idle_focused       boolean,
  ADD COLUMN idle_settled       boolean;

-- What turns and warms have cost and brought. Rows are only ever added.
CREATE TABLE ledger (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at                bigint NOT NULL,
  conversation_id   text COLLATE "C" NOT NULL,
  tenant            text COLLATE "C" NOT NULL,
  provider          text COLLATE "C" NOT NULL,
  model             text COLLATE "C" NOT NULL,
  kind              smallint NOT NULL,
  input_tokens      bigint NOT NULL,
  output_tokens     bigint NOT NULL,
  read_tokens       bigint,
  written_tokens    bigint,
  hour_tokens       bigint NOT NULL,
  cost              bigint NOT NULL,
  saved             bigint NOT NULL,
  wasted            bigint NOT NULL,
  priced            boolean NOT NULL,
  idle              bigint,
  pings             integer NOT NULL,
  first_token_after bigint
);
CREATE INDEX ledger_at ON ledger (at);
CREATE INDEX ledger_of_conversation ON ledger (conversation_id, at);
CREATE INDEX ledger_of_tenant ON ledger (tenant, at);

-- What a policy has learned; counts are decimal numbers with spaces between them.
CREATE TABLE learned (
  tenant text COLLATE "C" NOT NULL,
  topic  text COLLATE "C" NOT NULL,
  counts text NOT NULL,
  PRIMARY KEY (tenant, topic)
) WITH (fillfactor = 60);
