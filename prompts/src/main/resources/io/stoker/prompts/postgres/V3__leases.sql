-- Which process warms which conversation, so that several can share them.

-- Who has the conversation, empty for nobody; and whether a turn is going on there.
ALTER TABLE conversation
  ADD COLUMN owner   text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN in_turn boolean NOT NULL DEFAULT false;
CREATE INDEX conversation_of_owner ON conversation (owner, id) WHERE enabled;

-- Until when a process counts as alive, in microseconds since 1970 by this database's clock.
CREATE TABLE node (
  id          text COLLATE "C" PRIMARY KEY,
  alive_until bigint NOT NULL
);

-- What others have taken from a living process, until it has been told.
CREATE TABLE taken (
  node            text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL
);
CREATE INDEX taken_from_node ON taken (node);
