-- A file belongs to one process, and so do all conversations in it: the owner stays empty.
ALTER TABLE conversation ADD COLUMN owner   TEXT    NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN in_turn INTEGER NOT NULL DEFAULT 0;
