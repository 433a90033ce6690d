-- What was answered to writes that came with an Idempotency-Key, for a day: encrypted, since some tell a secret once.
-- status is null while one is under way; body is null where it told of somebody who was erased since.
CREATE TABLE answers (
  workspace_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  -- Whose run it is; one that took too long and was begun anew by another keeps nothing.
  run TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  status INTEGER,
  body TEXT,
  -- Ids of those it tells of.
  contacts TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (workspace_id, user_id, key)
) WITHOUT ROWID;
CREATE INDEX answers_by_age ON answers (begun_at);

-- The contacts that an answer tells of, so that what is known of one can be found and emptied.
CREATE TABLE answers_about (
  contact_id INTEGER NOT NULL,
  workspace_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (contact_id, workspace_id, user_id, key)
) WITHOUT ROWID;
CREATE TRIGGER answer_dropped AFTER DELETE ON answers WHEN OLD.status IS NOT NULL BEGIN
  DELETE FROM answers_about WHERE contact_id IN (SELECT value FROM json_each(OLD.contacts))
    AND workspace_id = OLD.workspace_id AND user_id = OLD.user_id AND key = OLD.key;
END;
