-- What is known about how much is kept, and for how long it has been of no use.

-- The day on which a conversation was last saved, as days since 1970.
ALTER TABLE conversation ADD COLUMN used_on INTEGER NOT NULL DEFAULT 0;
UPDATE conversation SET used_on = CAST(strftime('%s', 'now') AS INTEGER) / 86400;
CREATE INDEX conversation_used_on ON conversation (used_on);
CREATE INDEX conversation_of_tenant ON conversation (tenant);

-- How long everything in a history is, in characters; what was said before this version does not count. A
-- history that is being deleted has no conversation any more.
ALTER TABLE history ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history ADD COLUMN deleted    INTEGER NOT NULL DEFAULT 0;
CREATE INDEX history_deleted ON history (conversation_id) WHERE deleted;
