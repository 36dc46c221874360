-- Times are microseconds since 1970 (UTC). States, outcomes and kinds are numbered as in JdbcNumbers.

-- log: the newest event. corpus: the version of the documents. rate: when the next claim is due.
CREATE TABLE counter (
  name  text PRIMARY KEY,
  value bigint NOT NULL
) WITH (fillfactor = 40);
INSERT INTO counter (name, value) VALUES ('log', 0), ('corpus', 0), ('rate', 0);

CREATE TABLE batch (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state           smallint NOT NULL DEFAULT 0,
  total           bigint NOT NULL,
  completed       bigint NOT NULL DEFAULT 0,
  failed          bigint NOT NULL DEFAULT 0,
  skipped         bigint NOT NULL DEFAULT 0,
  cancelled       bigint NOT NULL DEFAULT 0,
  name            text NOT NULL,
  scope           text NOT NULL,
  keep_duplicates boolean NOT NULL,
  only_stale      boolean NOT NULL,
  created_at      bigint NOT NULL,
  started_at      bigint,
  ended_at        bigint,
  reason          text NOT NULL DEFAULT '',
  idempotency_key text UNIQUE
) WITH (fillfactor = 40);
CREATE INDEX batch_open ON batch (id) WHERE ended_at IS NULL;
CREATE INDEX batch_by_state ON batch (state, id);

CREATE TABLE query (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id   bigint NOT NULL,
  position   integer NOT NULL,
  question   text NOT NULL,
  aliases    text,
  state      smallint NOT NULL DEFAULT 0,
  outcome    smallint,
  detail     text NOT NULL DEFAULT '',
  attempts   integer NOT NULL DEFAULT 0,
  lost       integer NOT NULL DEFAULT 0,
  token      bigint NOT NULL DEFAULT 0,
  not_before bigint,
  lease_ends bigint,
  started_at bigint,
  ended_at   bigint
);
CREATE UNIQUE INDEX query_of_batch ON query (batch_id, position);
CREATE INDEX query_pending ON query (batch_id, position) WHERE state = 0;
CREATE INDEX query_leased ON query (batch_id, lease_ends) WHERE state = 1;
CREATE INDEX query_due ON query (not_before) WHERE state = 0 AND not_before IS NOT NULL;

CREATE TABLE batch_change (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id bigint NOT NULL,
  at       bigint NOT NULL,
  what     text NOT NULL,
  reason   text NOT NULL,
  state    smallint NOT NULL
);
CREATE INDEX batch_change_of_batch ON batch_change (batch_id, id);

CREATE TABLE event (
  id       bigint PRIMARY KEY,
  batch_id bigint NOT NULL,
  kind     smallint NOT NULL,
  query_id bigint NOT NULL
);

CREATE TABLE answer (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  answer_key      text NOT NULL UNIQUE,
  digest          text NOT NULL,
  question        text NOT NULL,
  question_lower  text NOT NULL,
  scope           text NOT NULL,
  body            text NOT NULL,
  confidence      smallint NOT NULL,
  model           text NOT NULL,
  not_cacheable   text NOT NULL,
  stored_at       bigint NOT NULL,
  expires_at      bigint NOT NULL,
  served_at       bigint NOT NULL,
  stale           boolean NOT NULL,
  hits            bigint NOT NULL,
  bytes           bigint NOT NULL
);
CREATE INDEX answer_by_question ON answer (digest);
CREATE INDEX answer_by_expiry ON answer (expires_at);
CREATE INDEX answer_by_use ON answer (served_at, id);
CREATE INDEX answer_by_scope ON answer (scope, id);

CREATE TABLE answer_source (
  answer_id bigint NOT NULL,
  position  integer NOT NULL,
  document  text NOT NULL,
  version   bigint NOT NULL,
  title     text NOT NULL,
  passage   text NOT NULL,
  score     double precision NOT NULL,
  PRIMARY KEY (answer_id, position)
);
CREATE INDEX answer_source_of_document ON answer_source (document, answer_id);

CREATE TABLE answer_wording (
  answer_id bigint NOT NULL,
  position  integer NOT NULL,
  wording   text NOT NULL,
  PRIMARY KEY (answer_id, position)
);

CREATE TABLE answer_alias (
  alias_key text PRIMARY KEY,
  answer_id bigint NOT NULL
);
CREATE INDEX answer_alias_of_answer ON answer_alias (answer_id);

-- How often a question was asked in a minute; the digest is that of scope and normal form.
CREATE TABLE asked (
  minute   bigint NOT NULL,
  scope    text NOT NULL,
  digest   text NOT NULL,
  question text NOT NULL,
  asked    bigint NOT NULL,
  hits     bigint NOT NULL,
  hit_key  text,
  PRIMARY KEY (minute, digest)
);

CREATE TABLE document (
  id         text NOT NULL,
  scope      text NOT NULL,
  version    bigint NOT NULL,
  title      text NOT NULL,
  body       text NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (id, scope)
);

CREATE TABLE note (
  name text PRIMARY KEY,
  body text NOT NULL
);
