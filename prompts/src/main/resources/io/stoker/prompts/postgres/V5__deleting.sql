-- What is known about how much is kept, and for how long it has been of no use.

-- The day on which a conversation was last saved, as days since 1970 by this database's clock: whole days,
-- so that most saves leave the index alone.
ALTER TABLE conversation
  ADD COLUMN used_on integer NOT NULL DEFAULT (extract(epoch FROM now())::bigint / 86400)::integer;
CREATE INDEX conversation_used_on ON conversation (used_on);
CREATE INDEX conversation_of_tenant ON conversation (tenant);

-- How long everything in a history is, in characters; what was said before this version does not count. A
-- history that is being deleted has no conversation any more.
ALTER TABLE history
  ADD COLUMN characters bigint NOT NULL DEFAULT 0,
  ADD COLUMN deleted    boolean NOT NULL DEFAULT false;
CREATE INDEX history_deleted ON history (conversation_id) WHERE deleted;
