-- Bulk enrollment: jobs, the rows that were staged for them, and the rows that were refused.

CREATE TABLE bulk_jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  user_id INTEGER, -- on whose behalf
  platform TEXT, -- null: each contact's own
  mailbox_id INTEGER,
  update_existing INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL, -- staging, queued, running, done, failed
  idempotency_key TEXT,
  fingerprint TEXT, -- of the request that the key came with
  total INTEGER NOT NULL DEFAULT 0,
  chunks INTEGER NOT NULL DEFAULT 0,
  cursor INTEGER NOT NULL DEFAULT 0, -- the next chunk
  enrolled INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  mark INTEGER NOT NULL DEFAULT 0, -- the newest enrollment there was, in whichever sequence, when the cursor last moved
  started_to INTEGER NOT NULL DEFAULT 0, -- the last enrollment that was seen to
  created_at INTEGER NOT NULL,
  finished_at INTEGER, -- when the last row was admitted or refused
  begun_at INTEGER NOT NULL, -- wall time
  touched_at INTEGER NOT NULL, -- wall time of the last progress
  closed INTEGER NOT NULL DEFAULT 0 -- nothing is left to be done, nor to be started
);
CREATE UNIQUE INDEX bulk_jobs_once ON bulk_jobs (workspace_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX bulk_jobs_by_workspace ON bulk_jobs (workspace_id) WHERE state <> 'staging';
-- What the sweep looks through: the open ones that were forgotten, and the closed ones that are past.
CREATE INDEX bulk_jobs_touched ON bulk_jobs (closed, touched_at);

CREATE TRIGGER bulk_jobs_counted AFTER UPDATE OF state ON bulk_jobs WHEN old.state = 'staging' AND new.state <> 'staging' BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'bulk_jobs', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER bulk_jobs_recounted AFTER DELETE ON bulk_jobs WHEN old.state <> 'staging' BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what = 'bulk_jobs';
END;

-- Several hundred rows each (JSON), gone once they are done. The id is the job's × 4096 and the number of the chunk.
CREATE TABLE bulk_chunks (
  id INTEGER PRIMARY KEY,
  entries TEXT NOT NULL
);

CREATE TABLE bulk_refusals (
  job_id INTEGER NOT NULL,
  row INTEGER NOT NULL,
  contact_id INTEGER,
  address TEXT, -- as it was written; only where there is no contact by whom it can be forgotten
  failure TEXT NOT NULL, -- JSON
  PRIMARY KEY (job_id, row)
) WITHOUT ROWID;
