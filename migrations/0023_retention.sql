-- What stays of journeys that have ended: their history once their objects are freed, and who was where once all of it is gone.

-- How many days after its end what is told of a journey is kept; null: as the installation says, 0: for ever.
ALTER TABLE workspaces ADD COLUMN retention_days INTEGER;
-- When what is older was last looked for.
ALTER TABLE workspaces ADD COLUMN tidied_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX workspaces_by_tidying ON workspaces (tidied_at);

-- The history of a journey whose object was freed, without the contents of its messages: JSON, deflated. By the time of the
-- end, so that the oldest are found without another index; the journey's row tells that time.
CREATE TABLE histories (
  workspace_id INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  enrollment_id INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (workspace_id, ended_at, enrollment_id)
) WITHOUT ROWID;

-- Of enrollments whose rows were removed: by these, old links still tell whom they stop mails to, and a sequence that takes
-- nobody twice still knows who was there.
CREATE TABLE departed (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL
);
CREATE INDEX departed_by_contact ON departed (contact_id, sequence_id);

-- Statistics go on counting what was removed. Enrollments stand in `counts` as 'past.COMPLETED' and so on; of messages, this is
-- how many of each line of the tallies lists have no row of.
ALTER TABLE tallies ADD COLUMN past_retrying INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN past_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN past_unconfirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN past_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN past_cancelled INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER replies_uncounted AFTER DELETE ON replies BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what = 'replies';
END;

-- By which the sweep finds what was deleted, and jobs that were done.
CREATE INDEX steps_deleted ON steps (workspace_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX templates_deleted ON templates (workspace_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX mailboxes_deleted ON mailboxes (workspace_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;

-- Journeys that ended before this have no alarm by which they would be freed: each sequence's are woken once.
INSERT INTO jobs (workspace_id, kind, subject_id, upto, created_at, touched_at)
SELECT workspace_id, 'retire', id, COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'enrollments'), 0), created_at, 0
FROM sequences;
