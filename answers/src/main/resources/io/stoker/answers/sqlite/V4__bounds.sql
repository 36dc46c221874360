-- Work that grows with the data: done in steps, each in a transaction of its own, and taken up again
-- after a crash. What it is about is a document or a batch; what it has come to is an answer's number or a
-- position in the batch; "until" is the last one that it is about.
CREATE TABLE pending_work (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    INTEGER NOT NULL,
  subject TEXT    NOT NULL,
  reached INTEGER NOT NULL,
  until   INTEGER NOT NULL
);
CREATE INDEX pending_work_of_subject ON pending_work (subject, id);

-- Which work has made a batch.
ALTER TABLE batch ADD COLUMN cause INTEGER;
CREATE INDEX batch_of_cause ON batch (cause, scope, id) WHERE cause IS NOT NULL;
CREATE INDEX batch_by_end ON batch (ended_at) WHERE ended_at IS NOT NULL;

ALTER TABLE document ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE document SET bytes = length(CAST(body AS BLOB));

-- How often a question was asked in an hour; the digest is that of scope and normal form.
CREATE TABLE asked_by_hour (
  hour     INTEGER NOT NULL,
  scope    TEXT    NOT NULL,
  digest   TEXT    NOT NULL,
  question TEXT    NOT NULL,
  asked    INTEGER NOT NULL,
  hits     INTEGER NOT NULL,
  hit_key  TEXT,
  PRIMARY KEY (hour, digest)
) WITHOUT ROWID;
INSERT INTO asked_by_hour (hour, scope, digest, question, asked, hits, hit_key)
SELECT minute / 60, max(scope), digest, max(question), sum(asked), sum(hits), max(hit_key)
  FROM asked GROUP BY minute / 60, digest;
DROP TABLE asked;
ALTER TABLE asked_by_hour RENAME TO asked;
