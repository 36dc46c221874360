-- Times are microseconds since 1970 (UTC), lengths of time microseconds. Reasons to rest and roles are
-- numbered as in JdbcPromptNumbers, texts written as in JdbcPromptText, bodies as in PromptJson.

-- How each conversation stands. What is going on in it is not kept.
CREATE TABLE conversation (
  id                text COLLATE "C" PRIMARY KEY,
  model             text NOT NULL,
  cwd               text NOT NULL,
  enabled           boolean NOT NULL,
  warm_every        bigint NOT NULL,
  next_warm_at      bigint,
  touched_at        bigint,
  last_warm_at      bigint,
  cache_percent     smallint,
  retention_percent smallint,
  failures          integer NOT NULL,
  trouble           text NOT NULL,
  rest              smallint NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX conversation_enabled ON conversation (id) WHERE enabled;

-- The number of the newest chunk. A conversation can have a history without being kept itself.
CREATE TABLE history (
  conversation_id text COLLATE "C" PRIMARY KEY,
  newest          bigint NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE chunk (
  conversation_id text COLLATE "C" NOT NULL,
  seq             bigint NOT NULL,
  role            smallint NOT NULL,
  body            text NOT NULL,
  PRIMARY KEY (conversation_id, seq)
);

-- What each turn took.
CREATE TABLE turn (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id text COLLATE "C" NOT NULL,
  body            text NOT NULL
);
CREATE INDEX turn_of_conversation ON turn (conversation_id, id);

-- The last warms of each conversation; no tokens are counted in one that failed.
CREATE TABLE warm (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id text COLLATE "C" NOT NULL,
  started_at      bigint NOT NULL,
  took            bigint NOT NULL,
  model           text NOT NULL,
  manual          boolean NOT NULL,
  input_tokens    bigint,
  output_tokens   bigint,
  read_tokens     bigint,
  written_tokens  bigint,
  hour_tokens     bigint,
  trouble         text NOT NULL
);
CREATE INDEX warm_of_conversation ON warm (conversation_id, id);
