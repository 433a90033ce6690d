-- The catalogue, where people write, and the mirror of enrollments and messages, which the objects keep up to date.
-- All times are milliseconds since 1970 in journey time, unless a comment says wall time.

CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  wall INTEGER NOT NULL,
  journey INTEGER NOT NULL,
  speed REAL NOT NULL
);

CREATE TABLE workspaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  paused_at INTEGER,
  created_at INTEGER NOT NULL
);

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX users_by_workspace ON users (workspace_id);

-- Only digests of keys are kept. Expiry and revocation are wall time.
CREATE TABLE keys (
  digest TEXT PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  prefix TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE channels (
  workspace_id INTEGER NOT NULL,
  platform TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT,
  secret TEXT,
  paused_at INTEGER,
  pause_reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, platform)
) WITHOUT ROWID;

CREATE TABLE contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  platform TEXT NOT NULL,
  display_name TEXT,
  first_name TEXT,
  last_name TEXT,
  avatar_url TEXT,
  timezone TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  custom_fields TEXT NOT NULL DEFAULT '{}',
  inactive INTEGER NOT NULL DEFAULT 0,
  opted_out_at INTEGER,
  blocked_at INTEGER,
  last_seen_at INTEGER,
  revision INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  erased_at INTEGER
);
CREATE INDEX contacts_by_workspace ON contacts (workspace_id) WHERE erased_at IS NULL;

CREATE TABLE addresses (
  workspace_id INTEGER NOT NULL,
  platform TEXT NOT NULL,
  key TEXT NOT NULL,
  contact_id INTEGER NOT NULL,
  address TEXT NOT NULL,
  platform_id TEXT,
  PRIMARY KEY (workspace_id, platform, key)
) WITHOUT ROWID;
CREATE INDEX addresses_by_contact ON addresses (contact_id);

-- What contacts are found by: words of their names and addresses ('word'), tags ('tag') and platforms ('platform').
CREATE TABLE contact_terms (
  workspace_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  contact_id INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, kind, term, contact_id)
) WITHOUT ROWID;
CREATE INDEX contact_terms_by_contact ON contact_terms (contact_id);

-- Keyed hashes of addresses that opted out and were erased, so that they are not written to again.
CREATE TABLE suppressions (
  workspace_id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, hash)
) WITHOUT ROWID;

-- `revision` grows with every change that a journey depends on; `edit` names the edit that made it what it is.
CREATE TABLE sequences (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  locked INTEGER NOT NULL DEFAULT 0,
  transactional INTEGER NOT NULL DEFAULT 0,
  primary_reply_action TEXT NOT NULL DEFAULT 'finish',
  reenroll TEXT NOT NULL DEFAULT 'after_exit',
  rules TEXT NOT NULL,
  creator_id INTEGER NOT NULL,
  owner_id INTEGER NOT NULL,
  updater_id INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  edit TEXT NOT NULL DEFAULT '',
  enabled_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX sequences_shown ON sequences (workspace_id) WHERE status <> 'ARCHIVED';
CREATE INDEX sequences_running ON sequences (id) WHERE status = 'ACTIVE';

CREATE TABLE steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sequence_id INTEGER NOT NULL,
  parent_id INTEGER,
  kind TEXT NOT NULL,
  delay INTEGER NOT NULL DEFAULT 0, -- seconds
  subject TEXT,
  body TEXT,
  format TEXT NOT NULL DEFAULT 'text',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE INDEX steps_by_sequence ON steps (sequence_id);

-- The mirror. `version` is the newest snapshot's, 0 before the object started; `complete_to` counts facts without a gap.
CREATE TABLE enrollments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  platform TEXT NOT NULL,
  state TEXT NOT NULL,
  why TEXT,
  standing TEXT NOT NULL,
  step_id INTEGER,
  last_step_id INTEGER,
  due_at INTEGER,
  wake_by INTEGER,
  enrolled_at INTEGER NOT NULL,
  ended_at INTEGER,
  replied_at INTEGER,
  error TEXT,
  version INTEGER NOT NULL DEFAULT 0,
  complete_to INTEGER NOT NULL DEFAULT 0
);
-- One live enrollment a sequence and contact; also how a reply finds the journeys of a contact.
CREATE UNIQUE INDEX enrollments_live ON enrollments (contact_id, sequence_id) WHERE standing = 'ACTIVE';
CREATE INDEX enrollments_by_contact ON enrollments (contact_id, sequence_id);
CREATE INDEX enrollments_by_standing ON enrollments (sequence_id, standing);
-- What the sweep looks through.
CREATE INDEX enrollments_wake ON enrollments (sequence_id, wake_by) WHERE wake_by IS NOT NULL;

-- The ledger of messages. `fact` is the number of the history entry that a line shows.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  enrollment_id INTEGER NOT NULL,
  step_id INTEGER NOT NULL,
  platform TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  subject TEXT,
  excerpt TEXT,
  provider_id TEXT,
  error TEXT,
  at INTEGER NOT NULL,
  fact INTEGER NOT NULL
);
CREATE INDEX messages_by_workspace ON messages (workspace_id, at);
CREATE INDEX messages_by_sequence ON messages (sequence_id, at);
-- All but the common status, so that the exceptions are found without reading the rule.
CREATE INDEX messages_in_trouble ON messages (workspace_id, status, at) WHERE status <> 'sent';
-- Replies may name the provider's id instead of ours.
CREATE INDEX messages_by_provider ON messages (workspace_id, provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE replies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  dedupe TEXT NOT NULL,
  platform TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_key TEXT NOT NULL, -- the address as it is compared
  text TEXT NOT NULL,
  message_id TEXT,
  in_reply_to TEXT,
  headers TEXT NOT NULL,
  received_at INTEGER NOT NULL, -- wall time
  kind TEXT NOT NULL,
  outcome TEXT, -- null until it was taken in
  contact_id INTEGER,
  enrollments TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL -- wall time of the last nudge
);
CREATE UNIQUE INDEX replies_once ON replies (workspace_id, dedupe);
CREATE INDEX replies_by_workspace ON replies (workspace_id);
CREATE INDEX replies_by_contact ON replies (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX replies_by_sender ON replies (workspace_id, platform, sender_key);
CREATE INDEX replies_open ON replies (touched_at) WHERE outcome IS NULL;

-- Work that outlives a request. One row a kind and subject; the newest revision wins.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  cursor INTEGER NOT NULL DEFAULT 0,
  upto INTEGER NOT NULL, -- the newest enrollment that the job is about
  created_at INTEGER NOT NULL,
  touched_at INTEGER NOT NULL, -- wall time of the last progress
  done_at INTEGER
);
CREATE UNIQUE INDEX jobs_once ON jobs (kind, subject_id);
CREATE INDEX jobs_open ON jobs (touched_at) WHERE done_at IS NULL;

-- Enrollments set apart from their job because they failed there; each is tried by itself until it is done.
CREATE TABLE job_items (
  job_id INTEGER NOT NULL,
  enrollment_id INTEGER NOT NULL,
  workspace_id INTEGER NOT NULL,
  touched_at INTEGER NOT NULL, -- wall time of the last nudge
  PRIMARY KEY (job_id, enrollment_id)
) WITHOUT ROWID;
CREATE INDEX job_items_open ON job_items (touched_at);

CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  workspace_id INTEGER,
  enrollment_id INTEGER,
  sender TEXT, -- of a reply: platform and address as it is compared
  queue TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  resent_at INTEGER
);
CREATE UNIQUE INDEX dead_letters_once ON dead_letters (queue, message_id);
CREATE INDEX dead_letters_by_workspace ON dead_letters (workspace_id);
CREATE INDEX dead_letters_by_enrollment ON dead_letters (enrollment_id) WHERE enrollment_id IS NOT NULL;
CREATE INDEX dead_letters_by_sender ON dead_letters (workspace_id, sender) WHERE sender IS NOT NULL;

-- Totals, kept by the triggers below. Sequence 0 stands for the workspace as a whole.
CREATE TABLE counts (
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, sequence_id, what)
) WITHOUT ROWID;

CREATE TRIGGER enrollments_counted AFTER INSERT ON enrollments BEGIN
  INSERT INTO counts VALUES (new.workspace_id, new.sequence_id, new.standing, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER enrollments_recounted AFTER UPDATE OF standing ON enrollments WHEN old.standing <> new.standing BEGIN
  UPDATE counts SET n = n - 1
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = old.standing;
  INSERT INTO counts VALUES (new.workspace_id, new.sequence_id, new.standing, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
  INSERT INTO counts VALUES (new.workspace_id, new.sequence_id, 'message.' || new.status, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER messages_recounted AFTER UPDATE OF status ON messages WHEN old.status <> new.status BEGIN
  UPDATE counts SET n = n - 1
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = 'message.' || old.status;
  INSERT INTO counts VALUES (new.workspace_id, new.sequence_id, 'message.' || new.status, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER sequences_counted AFTER INSERT ON sequences BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'sequences', new.status <> 'ARCHIVED')
  ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER sequences_recounted AFTER UPDATE OF status ON sequences
WHEN (old.status = 'ARCHIVED') <> (new.status = 'ARCHIVED') BEGIN
  UPDATE counts SET n = n + CASE new.status WHEN 'ARCHIVED' THEN -1 ELSE 1 END
  WHERE workspace_id = new.workspace_id AND sequence_id = 0 AND what = 'sequences';
END;
CREATE TRIGGER contacts_counted AFTER INSERT ON contacts BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'contacts', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER contacts_recounted AFTER UPDATE OF erased_at ON contacts
WHEN old.erased_at IS NULL AND new.erased_at IS NOT NULL BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = new.workspace_id AND sequence_id = 0 AND what = 'contacts';
END;
CREATE TRIGGER replies_counted AFTER INSERT ON replies BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'replies', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER dead_letters_counted AFTER INSERT ON dead_letters WHEN new.workspace_id IS NOT NULL BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'dead_letters', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER dead_letters_recounted AFTER DELETE ON dead_letters WHEN old.workspace_id IS NOT NULL BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what = 'dead_letters';
END;
