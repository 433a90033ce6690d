-- Step trees, what enrolls by itself, segments, and what is known of a message after it was sent.

-- `true` and `false` branches of conditions, labels, and what a kind of step needs beyond a message's columns (JSON).
ALTER TABLE steps ADD COLUMN branch INTEGER;
ALTER TABLE steps ADD COLUMN label TEXT;
ALTER TABLE steps ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

ALTER TABLE sequences ADD COLUMN track_opens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sequences ADD COLUMN track_clicks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sequences ADD COLUMN use_any_email_server INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sequences ADD COLUMN email_server_ids TEXT NOT NULL DEFAULT '[]';
-- Adding this tag to a contact, or his coming into this segment, enrolls him.
ALTER TABLE sequences ADD COLUMN init_tag TEXT;
ALTER TABLE sequences ADD COLUMN init_segment_id INTEGER;
-- Whether `after_exit` was asked for by name: only then does a trigger enroll somebody who was here before.
ALTER TABLE sequences ADD COLUMN triggers_reenroll INTEGER NOT NULL DEFAULT 0;
-- The sequence that this one was duplicated from.
ALTER TABLE sequences ADD COLUMN parent_sequence_id INTEGER;
CREATE INDEX sequences_by_tag ON sequences (workspace_id, init_tag) WHERE init_tag IS NOT NULL AND status <> 'ARCHIVED';
CREATE INDEX sequences_by_segment ON sequences (init_segment_id) WHERE init_segment_id IS NOT NULL;

-- `origin` names the one trigger or move that enrolled; `trail` lists the sequences that moves have led through.
ALTER TABLE enrollments ADD COLUMN origin TEXT;
ALTER TABLE enrollments ADD COLUMN trail TEXT NOT NULL DEFAULT '[]';
ALTER TABLE enrollments ADD COLUMN last_sent_at INTEGER;
CREATE UNIQUE INDEX enrollments_by_origin ON enrollments (origin) WHERE origin IS NOT NULL;
-- The one that a move had admitted, and that never started because the move came to nothing.
CREATE TRIGGER enrollments_uncounted AFTER DELETE ON enrollments BEGIN
  UPDATE counts SET n = n - 1
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = old.standing;
END;

ALTER TABLE messages ADD COLUMN delivered_at INTEGER;
ALTER TABLE messages ADD COLUMN opened_at INTEGER;
ALTER TABLE messages ADD COLUMN clicked_at INTEGER;

ALTER TABLE contacts ADD COLUMN source TEXT;
ALTER TABLE contacts ADD COLUMN ip_address TEXT;
ALTER TABLE contacts ADD COLUMN subscribed_at INTEGER; -- null: when he was made

-- Enrollments that something asks for by itself: written with what causes them, gone once done.
CREATE TABLE triggers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  kind TEXT NOT NULL, -- tag_added, tag_removed, segment, move
  sequence_id INTEGER NOT NULL, -- to be entered, or left
  contact_id INTEGER NOT NULL,
  tag TEXT,
  -- Of a move: where it comes from. Of a tag: the newest there was anywhere (from sqlite_sequence) when the trigger was
  -- written, so that a late one leaves alone who was enrolled since.
  enrollment_id INTEGER,
  source_id INTEGER, -- of a tag given by a step: the enrollment whose step it was
  message_id INTEGER, -- of a move: the id of that visit of its step
  touched_at INTEGER NOT NULL -- wall time of the last nudge
);
CREATE INDEX triggers_open ON triggers (touched_at);
CREATE INDEX triggers_by_contact ON triggers (contact_id);
-- A move that is asked for again is the same move.
CREATE UNIQUE INDEX triggers_once ON triggers (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  rules TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  -- The revision whose rules all contacts were looked at by; behind `revision` while that is under way.
  built INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX segments_by_workspace ON segments (workspace_id);
-- No sequence is made with a segment that has just been deleted.
CREATE TRIGGER sequences_with_segment BEFORE INSERT ON sequences
WHEN new.init_segment_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM segments WHERE id = new.init_segment_id AND workspace_id = new.workspace_id) BEGIN
  SELECT RAISE(ABORT, 'the segment is not there');
END;

CREATE TABLE segment_members (
  segment_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  workspace_id INTEGER NOT NULL,
  PRIMARY KEY (segment_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX segment_members_by_contact ON segment_members (contact_id);

-- Contacts that changed since the segments were last looked at; empty in a workspace without segments.
CREATE TABLE contact_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL
);
CREATE UNIQUE INDEX contact_changes_once ON contact_changes (contact_id);
CREATE INDEX contact_changes_by_workspace ON contact_changes (workspace_id);

CREATE TRIGGER contacts_noted AFTER INSERT ON contacts
WHEN EXISTS (SELECT 1 FROM segments WHERE workspace_id = new.workspace_id) BEGIN
  INSERT OR REPLACE INTO contact_changes (workspace_id, contact_id) VALUES (new.workspace_id, new.id);
END;
CREATE TRIGGER contacts_renoted AFTER UPDATE OF revision ON contacts
WHEN EXISTS (SELECT 1 FROM segments WHERE workspace_id = new.workspace_id) BEGIN
  INSERT OR REPLACE INTO contact_changes (workspace_id, contact_id) VALUES (new.workspace_id, new.id);
END;

-- Members of a segment, under the segment's own key.
CREATE TRIGGER segment_members_counted AFTER INSERT ON segment_members BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'segment.' || new.segment_id, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER segment_members_recounted AFTER DELETE ON segment_members BEGIN
  UPDATE counts SET n = n - 1
  WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what = 'segment.' || old.segment_id;
END;

-- Subscribers are contacts with an EMAIL address.
CREATE TRIGGER subscribers_counted AFTER INSERT ON addresses WHEN new.platform = 'EMAIL' BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'subscribers', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER subscribers_recounted AFTER DELETE ON addresses WHEN old.platform = 'EMAIL' BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what = 'subscribers';
END;
INSERT INTO counts (workspace_id, sequence_id, what, n)
SELECT workspace_id, 0, 'subscribers', COUNT(*) FROM addresses WHERE platform = 'EMAIL' GROUP BY workspace_id;
