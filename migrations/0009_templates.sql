-- What messages say: templates, and the variants by which steps use them. What became of messages, counted once each.

CREATE TABLE templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  subject TEXT,
  body TEXT NOT NULL,
  format TEXT NOT NULL,
  share_type TEXT NOT NULL DEFAULT 'shared',
  track_opens INTEGER NOT NULL DEFAULT 0,
  track_links INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]',
  details TEXT NOT NULL DEFAULT '{}', -- what is only kept and shown (JSON)
  owner_id INTEGER,
  creator_id INTEGER,
  updater_id INTEGER,
  private_step_id INTEGER, -- the step that alone uses it: its own text, as dialects without templates write it
  copied_from INTEGER, -- the template that a private one was made from
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  archived_at INTEGER
);
CREATE INDEX templates_shown ON templates (workspace_id) WHERE archived_at IS NULL;
CREATE INDEX templates_by_step ON templates (private_step_id) WHERE private_step_id IS NOT NULL;

CREATE TABLE sequence_templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  step_id INTEGER NOT NULL,
  template_id INTEGER NOT NULL,
  is_reply INTEGER NOT NULL DEFAULT 0, -- continues the thread instead of starting a new one
  enabled_at INTEGER,
  creator_id INTEGER,
  updater_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX sequence_templates_once ON sequence_templates (step_id, template_id);
CREATE INDEX sequence_templates_by_template ON sequence_templates (template_id);

-- The texts of message steps become private templates; the steps keep none.
INSERT INTO templates (workspace_id, name, subject, body, format, owner_id, creator_id, updater_id, private_step_id, created_at, updated_at)
SELECT q.workspace_id, substr(COALESCE(NULLIF(s.label, ''), NULLIF(s.subject, ''), 'Message'), 1, 225), s.subject, s.body, s.format,
  q.owner_id, q.creator_id, q.updater_id, s.id, s.created_at, s.updated_at
FROM steps s JOIN sequences q ON q.id = s.sequence_id WHERE s.kind = 'message' AND s.body IS NOT NULL ORDER BY s.id;
INSERT INTO sequence_templates (workspace_id, step_id, template_id, enabled_at, creator_id, updater_id, created_at, updated_at)
SELECT workspace_id, private_step_id, id, created_at, creator_id, updater_id, created_at, updated_at FROM templates ORDER BY id;
UPDATE steps SET subject = NULL, body = NULL WHERE kind = 'message';

ALTER TABLE messages ADD COLUMN sequence_template_id INTEGER;
ALTER TABLE messages ADD COLUMN template_id INTEGER;
ALTER TABLE messages ADD COLUMN bounced_at INTEGER;
ALTER TABLE messages ADD COLUMN complained_at INTEGER;
ALTER TABLE messages ADD COLUMN replied_at INTEGER;
ALTER TABLE messages ADD COLUMN reply_sentiment TEXT; -- of the first answer
ALTER TABLE messages ADD COLUMN unsubscribed_at INTEGER; -- of the last one before somebody opted out
ALTER TABLE messages ADD COLUMN created_at INTEGER; -- when it was first claimed
ALTER TABLE messages ADD COLUMN updated_at INTEGER;
ALTER TABLE messages ADD COLUMN state_changed_at INTEGER;
-- Whether it went out: taken by the channel, or reported to have arrived; and whether it was opened, as who clicks has.
ALTER TABLE messages ADD COLUMN arrived INTEGER GENERATED ALWAYS AS
  (status = 'sent' OR delivered_at IS NOT NULL OR opened_at IS NOT NULL OR clicked_at IS NOT NULL) VIRTUAL;
ALTER TABLE messages ADD COLUMN seen INTEGER GENERATED ALWAYS AS (opened_at IS NOT NULL OR clicked_at IS NOT NULL) VIRTUAL;
UPDATE messages SET created_at = at, updated_at = at, state_changed_at = at;

-- Of one journey; its snapshot brings them.
ALTER TABLE enrollments ADD COLUMN schedule_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN deliver_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN open_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN click_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN bounce_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN failure_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN positive_reply_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN neutral_reply_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN negative_reply_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN opt_out_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN updated_at INTEGER;
ALTER TABLE enrollments ADD COLUMN state_changed_at INTEGER; -- when it last came to be pending, active, paused or ended
ALTER TABLE enrollments ADD COLUMN active_at INTEGER; -- when it last became active
ALTER TABLE enrollments ADD COLUMN pause_reason TEXT; -- of the most recent pause, over or not
UPDATE enrollments SET updated_at = enrolled_at, state_changed_at = enrolled_at;

-- Counted by where a message came from: a change of it writes one row, and sequences, steps, variants and templates are
-- sums of these. What came from no template is under 0. Statuses as in the ledger; the others count messages, not events.
CREATE TABLE tallies (
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  step_id INTEGER NOT NULL,
  sequence_template_id INTEGER NOT NULL,
  template_id INTEGER NOT NULL,
  retrying INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0,
  unconfirmed INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  opened INTEGER NOT NULL DEFAULT 0,
  clicked INTEGER NOT NULL DEFAULT 0,
  bounced INTEGER NOT NULL DEFAULT 0,
  positive INTEGER NOT NULL DEFAULT 0,
  neutral INTEGER NOT NULL DEFAULT 0,
  negative INTEGER NOT NULL DEFAULT 0,
  opted_out INTEGER NOT NULL DEFAULT 0,
  contacted INTEGER NOT NULL DEFAULT 0, -- contacts whom the sequence reached first by a message from here
  last_used_at INTEGER,
  PRIMARY KEY (workspace_id, sequence_id, step_id, sequence_template_id, template_id)
) WITHOUT ROWID;
CREATE INDEX tallies_by_template ON tallies (workspace_id, template_id) WHERE template_id > 0;

INSERT INTO tallies (workspace_id, sequence_id, step_id, sequence_template_id, template_id, retrying, sent, unconfirmed, failed,
  cancelled, delivered, opened, clicked, last_used_at)
SELECT workspace_id, sequence_id, step_id, 0, 0, SUM(status = 'retrying'), SUM(status = 'sent'), SUM(status = 'unconfirmed'),
  SUM(status = 'failed'), SUM(status = 'cancelled'), SUM(arrived), SUM(seen), SUM(clicked_at IS NOT NULL), MAX(at)
FROM messages GROUP BY workspace_id, sequence_id, step_id;
INSERT INTO tallies (workspace_id, sequence_id, step_id, sequence_template_id, template_id, contacted)
SELECT workspace_id, sequence_id, 0, 0, 0, COUNT(DISTINCT contact_id) FROM messages WHERE arrived GROUP BY workspace_id, sequence_id;

DROP TRIGGER messages_counted;
DROP TRIGGER messages_recounted;
DELETE FROM counts WHERE what LIKE 'message.%';
CREATE TRIGGER messages_tallied AFTER INSERT ON messages BEGIN
  INSERT INTO tallies (workspace_id, sequence_id, step_id, sequence_template_id, template_id, retrying, sent, unconfirmed, failed,
    cancelled, delivered, opened, clicked, contacted, last_used_at)
  VALUES (new.workspace_id, new.sequence_id, new.step_id, COALESCE(new.sequence_template_id, 0), COALESCE(new.template_id, 0),
    new.status = 'retrying', new.status = 'sent', new.status = 'unconfirmed', new.status = 'failed', new.status = 'cancelled',
    new.arrived, new.seen, new.clicked_at IS NOT NULL, new.arrived AND NOT EXISTS (
      SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
      WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id AND m.arrived AND m.id <> new.id)
    AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id
      AND e.call_completed_at IS NOT NULL),
    new.at)
  ON CONFLICT DO UPDATE SET retrying = retrying + excluded.retrying, sent = sent + excluded.sent,
    unconfirmed = unconfirmed + excluded.unconfirmed, failed = failed + excluded.failed,
    cancelled = cancelled + excluded.cancelled, delivered = delivered + excluded.delivered,
    opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
    contacted = contacted + excluded.contacted, last_used_at = MAX(COALESCE(last_used_at, 0), excluded.last_used_at);
END;
CREATE TRIGGER messages_retallied
AFTER UPDATE OF status, delivered_at, opened_at, clicked_at, bounced_at, replied_at, unsubscribed_at ON messages
WHEN (old.status, old.arrived, old.seen, old.clicked_at IS NULL, old.bounced_at IS NULL, old.replied_at IS NULL, old.unsubscribed_at IS NULL)
  IS NOT (new.status, new.arrived, new.seen, new.clicked_at IS NULL, new.bounced_at IS NULL, new.replied_at IS NULL, new.unsubscribed_at IS NULL)
BEGIN
  UPDATE tallies SET
    retrying = retrying + (new.status = 'retrying') - (old.status = 'retrying'),
    sent = sent + (new.status = 'sent') - (old.status = 'sent'),
    unconfirmed = unconfirmed + (new.status = 'unconfirmed') - (old.status = 'unconfirmed'),
    failed = failed + (new.status = 'failed') - (old.status = 'failed'),
    cancelled = cancelled + (new.status = 'cancelled') - (old.status = 'cancelled'),
    delivered = delivered + new.arrived - old.arrived,
    opened = opened + new.seen - old.seen,
    clicked = clicked + (old.clicked_at IS NULL) - (new.clicked_at IS NULL),
    bounced = bounced + (old.bounced_at IS NULL) - (new.bounced_at IS NULL),
    positive = positive + (old.replied_at IS NULL AND new.reply_sentiment IS 'positive'),
    neutral = neutral + (old.replied_at IS NULL AND new.reply_sentiment IS 'neutral'),
    negative = negative + (old.replied_at IS NULL AND new.reply_sentiment IS 'negative'),
    opted_out = opted_out + (old.unsubscribed_at IS NULL) - (new.unsubscribed_at IS NULL),
    contacted = contacted + (new.arrived AND NOT old.arrived AND NOT EXISTS (
      SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
      WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id AND m.arrived AND m.id <> new.id)
    AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id
      AND e.call_completed_at IS NOT NULL))
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0);
END;

-- Contacts whom a sequence reached first by a call, each once.
CREATE TRIGGER called_contacts_counted AFTER UPDATE OF call_completed_at ON enrollments
WHEN old.call_completed_at IS NULL AND new.call_completed_at IS NOT NULL BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n)
  SELECT new.workspace_id, new.sequence_id, 'contacts_called', 1
  WHERE NOT EXISTS (SELECT 1 FROM enrollments WHERE contact_id = new.contact_id AND sequence_id = new.sequence_id
      AND id <> new.id AND call_completed_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
      WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id AND m.arrived)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;

-- Contacts who answered, each once a sequence, however often he was enrolled there.
INSERT INTO counts (workspace_id, sequence_id, what, n)
SELECT workspace_id, sequence_id, 'contacts_replied', COUNT(DISTINCT contact_id) FROM enrollments
WHERE replied_at IS NOT NULL GROUP BY workspace_id, sequence_id;
CREATE TRIGGER replied_contacts_counted AFTER UPDATE OF replied_at ON enrollments
WHEN old.replied_at IS NULL AND new.replied_at IS NOT NULL BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n)
  SELECT new.workspace_id, new.sequence_id, 'contacts_replied', 1
  WHERE NOT EXISTS (SELECT 1 FROM enrollments WHERE contact_id = new.contact_id AND sequence_id = new.sequence_id
    AND id <> new.id AND replied_at IS NOT NULL)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
