-- Users own keys; tokens act for keys; and who may see and change which sequence.

ALTER TABLE users ADD COLUMN email_key TEXT; -- the address as it is compared
UPDATE users SET email_key = lower(trim(email)) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX users_by_email ON users (workspace_id, email_key) WHERE email_key IS NOT NULL;

CREATE TRIGGER users_counted AFTER INSERT ON users BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'users', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
INSERT INTO counts (workspace_id, sequence_id, what, n)
SELECT workspace_id, 0, 'users', COUNT(*) FROM users GROUP BY workspace_id;
-- Every workspace has a user.
INSERT INTO users (workspace_id, name, created_at)
SELECT id, 'Owner', created_at FROM workspaces w WHERE NOT EXISTS (SELECT 1 FROM users WHERE workspace_id = w.id);

-- Keys get an id to be named by, for nobody but their holder knows more of them than a prefix. All times are wall time.
CREATE TABLE named_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL,
  workspace_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  name TEXT,
  prefix TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER -- to the hour
);
INSERT INTO named_keys (digest, workspace_id, user_id, prefix, scopes, created_at, expires_at, revoked_at)
SELECT digest, workspace_id, user_id, prefix, scopes, created_at, expires_at, revoked_at FROM keys ORDER BY created_at, digest;
DROP TABLE keys;
ALTER TABLE named_keys RENAME TO keys;
CREATE UNIQUE INDEX keys_by_digest ON keys (digest);
CREATE INDEX keys_by_user ON keys (user_id) WHERE revoked_at IS NULL;

-- Only digests of tokens are kept. All that came of one grant are a family. All times are wall time.
CREATE TABLE tokens (
  digest TEXT PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  family TEXT NOT NULL,
  kind TEXT NOT NULL, -- access, refresh
  key_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  spent_at INTEGER, -- of a refresh token; 0: replaced by another before anybody used it
  successor TEXT -- the digest of the refresh token that it was spent for
) WITHOUT ROWID;
CREATE INDEX tokens_by_family ON tokens (family);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

ALTER TABLE steps ADD COLUMN creator_id INTEGER;
ALTER TABLE steps ADD COLUMN updater_id INTEGER;

-- What everybody sees, and what each owner sees besides; a list merges the two.
CREATE INDEX sequences_open ON sequences (workspace_id) WHERE status <> 'ARCHIVED' AND share_type <> 'private';
CREATE INDEX sequences_private ON sequences (workspace_id, owner_id) WHERE status <> 'ARCHIVED' AND share_type = 'private';

-- Private sequences are counted by owner ('private.7') and together ('private'), so that everybody's total is known.
CREATE TRIGGER sequences_hidden AFTER INSERT ON sequences
WHEN new.share_type = 'private' AND new.status <> 'ARCHIVED' BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'private', 1), (new.workspace_id, 0, 'private.' || new.owner_id, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER sequences_unhidden AFTER UPDATE OF status, share_type, owner_id ON sequences
WHEN old.share_type = 'private' AND old.status <> 'ARCHIVED'
  AND NOT (new.share_type = 'private' AND new.status <> 'ARCHIVED' AND new.owner_id = old.owner_id) BEGIN
  UPDATE counts SET n = n - 1
  WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what IN ('private', 'private.' || old.owner_id);
END;
CREATE TRIGGER sequences_rehidden AFTER UPDATE OF status, share_type, owner_id ON sequences
WHEN new.share_type = 'private' AND new.status <> 'ARCHIVED'
  AND NOT (old.share_type = 'private' AND old.status <> 'ARCHIVED' AND new.owner_id = old.owner_id) BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'private', 1), (new.workspace_id, 0, 'private.' || new.owner_id, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
INSERT INTO counts (workspace_id, sequence_id, what, n)
SELECT workspace_id, 0, 'private', COUNT(*) FROM sequences
WHERE share_type = 'private' AND status <> 'ARCHIVED' GROUP BY workspace_id;
INSERT INTO counts (workspace_id, sequence_id, what, n)
SELECT workspace_id, 0, 'private.' || owner_id, COUNT(*) FROM sequences
WHERE share_type = 'private' AND status <> 'ARCHIVED' GROUP BY workspace_id, owner_id;
