-- Work that grows with the data: done in steps, each in a transaction of its own, and taken up again
-- after a crash. What it is about is a document or a batch; what it has come to is an answer's number or a
-- position in the batch; "until" is the last one that it is about.
CREATE TABLE pending_work (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind    smallint NOT NULL,
  subject text     NOT NULL,
  reached bigint   NOT NULL,
  until   bigint   NOT NULL
);
CREATE INDEX pending_work_of_subject ON pending_work (subject, id);

-- Which work has made a batch.
ALTER TABLE batch ADD COLUMN cause bigint;
CREATE INDEX batch_of_cause ON batch (cause, scope, id) WHERE cause IS NOT NULL;
CREATE INDEX batch_by_end ON batch (ended_at) WHERE ended_at IS NOT NULL;

ALTER TABLE document ADD COLUMN bytes bigint NOT NULL DEFAULT 0;
UPDATE document SET bytes = octet_length(body);

-- How often a question was asked in an hour; the digest is that of scope and normal form.
CREATE TABLE asked_by_hour (
  hour     bigint NOT NULL,
  scope    text   NOT NULL,
  digest   text   NOT NULL,
  question text   NOT NULL,
  asked    bigint NOT NULL,
  hits     bigint NOT NULL,
  hit_key  text,
  PRIMARY KEY (hour, digest)
);
INSERT INTO asked_by_hour (hour, scope, digest, question, asked, hits, hit_key)
SELECT minute / 60, max(scope), digest, max(question), sum(asked)::bigint, sum(hits)::bigint,
       max(hit_key)
  FROM asked GROUP BY minute / 60, digest;
DROP TABLE asked;
ALTER TABLE asked_by_hour RENAME TO asked;
