-- What sequences have come to, by day and by step; and how much of a step's messages each of its variants has. A day is one of
-- UTC, counted from 1970.

CREATE TABLE days (
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  enrolled INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0,
  opened INTEGER NOT NULL DEFAULT 0,
  clicked INTEGER NOT NULL DEFAULT 0,
  replied INTEGER NOT NULL DEFAULT 0,
  exited INTEGER NOT NULL DEFAULT 0,
  completed INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, sequence_id, day)
) WITHOUT ROWID;

-- How many journeys each step has had, and how many stand there or have ended there: all of a sequence in one row, since rows
-- are what is paid for. An object of counts by '7/ran', '7/ACTIVE', '7/EXITED', …; what belongs to no step stands under 0.
CREATE TABLE funnels (
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER NOT NULL,
  counted TEXT NOT NULL,
  PRIMARY KEY (workspace_id, sequence_id)
) WITHOUT ROWID;

-- What the funnel has counted of a journey: so many of the steps that ran, and where it stood, or ended, and how.
ALTER TABLE enrollments ADD COLUMN ran INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN placed_at INTEGER;
ALTER TABLE enrollments ADD COLUMN placed_as TEXT;
ALTER TABLE enrollments ADD COLUMN end_day INTEGER GENERATED ALWAYS AS
  (CASE WHEN standing <> 'ACTIVE' THEN ended_at / 86400000 END) VIRTUAL;

-- The day on which each came to be so.
ALTER TABLE messages ADD COLUMN sent_day INTEGER GENERATED ALWAYS AS (CASE WHEN arrived THEN at / 86400000 END) VIRTUAL;
ALTER TABLE messages ADD COLUMN seen_day INTEGER GENERATED ALWAYS AS
  (MIN(COALESCE(opened_at, clicked_at), COALESCE(clicked_at, opened_at)) / 86400000) VIRTUAL;
ALTER TABLE messages ADD COLUMN clicked_day INTEGER GENERATED ALWAYS AS (clicked_at / 86400000) VIRTUAL;
ALTER TABLE messages ADD COLUMN replied_day INTEGER GENERATED ALWAYS AS (replied_at / 86400000) VIRTUAL;
-- How long its first answer took, and the bucket in which such times are counted.
ALTER TABLE messages ADD COLUMN reply_time INTEGER GENERATED ALWAYS AS (MAX(0, replied_at - at)) VIRTUAL;
ALTER TABLE messages ADD COLUMN reply_bucket INTEGER GENERATED ALWAYS AS (CASE WHEN reply_time IS NULL THEN NULL
  WHEN reply_time < 60000 THEN 0 WHEN reply_time < 300000 THEN 1 WHEN reply_time < 900000 THEN 2
  WHEN reply_time < 1800000 THEN 3 WHEN reply_time < 3600000 THEN 4 WHEN reply_time < 7200000 THEN 5
  WHEN reply_time < 14400000 THEN 6 WHEN reply_time < 28800000 THEN 7 WHEN reply_time < 43200000 THEN 8
  WHEN reply_time < 86400000 THEN 9 WHEN reply_time < 172800000 THEN 10 WHEN reply_time < 259200000 THEN 11
  WHEN reply_time < 432000000 THEN 12 WHEN reply_time < 604800000 THEN 13 WHEN reply_time < 1209600000 THEN 14
  WHEN reply_time < 2592000000 THEN 15 ELSE 16 END) VIRTUAL;

ALTER TABLE sequence_templates ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;

-- The newest day is counted in the rows that are written anyway, and moves to `days` when the next one begins: so that no fact
-- costs a row more. What is told of an older day goes there at once.
ALTER TABLE tallies ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN day_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN day_opened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN day_clicked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN day_replied INTEGER NOT NULL DEFAULT 0;
-- How long first answers took, in all and by buckets (JSON, by number).
ALTER TABLE tallies ADD COLUMN reply_time INTEGER NOT NULL DEFAULT 0; -- milliseconds
ALTER TABLE tallies ADD COLUMN reply_times TEXT NOT NULL DEFAULT '{}';
ALTER TABLE counts ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counts ADD COLUMN today INTEGER NOT NULL DEFAULT 0;

-- Of what is there already.
INSERT INTO days (workspace_id, sequence_id, day, enrolled, sent, opened, clicked, replied, exited, completed, failed)
SELECT workspace_id, sequence_id, day, SUM(what = 'enrolled'), SUM(what = 0), SUM(what = 1), SUM(what = 2), SUM(what = 3),
  SUM(what = 'EXITED'), SUM(what = 'COMPLETED'), SUM(what = 'FAILED')
FROM (
  SELECT workspace_id, sequence_id, enrolled_at / 86400000 AS day, 'enrolled' AS what FROM enrollments
  UNION ALL SELECT workspace_id, sequence_id, end_day, standing FROM enrollments
  UNION ALL SELECT workspace_id, sequence_id, f.value, f.key FROM messages
  CROSS JOIN json_each(json_array(sent_day, seen_day, clicked_day, replied_day)) f)
WHERE day IS NOT NULL GROUP BY 1, 2, 3;
-- Who is under way tells of all the steps that he has behind him when he next tells anything; of the others, their messages do.
UPDATE enrollments SET placed_as = standing, placed_at = CASE standing WHEN 'ACTIVE' THEN COALESCE(step_id, 0) ELSE 0 END
WHERE version > 1;
INSERT INTO funnels (workspace_id, sequence_id, counted)
SELECT workspace_id, sequence_id, json_group_object(name, n) FROM (
  SELECT workspace_id, sequence_id, placed_at || '/' || placed_as AS name, COUNT(*) AS n FROM enrollments
  WHERE placed_as IS NOT NULL GROUP BY 1, 2, 3
  UNION ALL SELECT e.workspace_id, e.sequence_id, m.step_id || '/ran', COUNT(*) FROM enrollments e
  CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
  WHERE e.standing IN ('COMPLETED', 'EXITED') AND m.status IN ('sent', 'unconfirmed') GROUP BY 1, 2, 3)
GROUP BY 1, 2;
UPDATE tallies SET reply_time = r.total, reply_times = r.times FROM (
  SELECT workspace_id, sequence_id, step_id, variant, template, SUM(total) AS total, json_group_object(bucket, n) AS times FROM (
    SELECT workspace_id, sequence_id, step_id, COALESCE(sequence_template_id, 0) AS variant, COALESCE(template_id, 0) AS template,
      reply_bucket AS bucket, SUM(reply_time) AS total, COUNT(*) AS n
    FROM messages WHERE replied_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6)
  GROUP BY 1, 2, 3, 4, 5) r
WHERE tallies.workspace_id = r.workspace_id AND tallies.sequence_id = r.sequence_id AND tallies.step_id = r.step_id
  AND tallies.sequence_template_id = r.variant AND tallies.template_id = r.template;

-- The next day has begun.
CREATE TRIGGER tallies_turned AFTER UPDATE OF day ON tallies
WHEN new.day > old.day AND (old.day_sent, old.day_opened, old.day_clicked, old.day_replied) IS NOT (0, 0, 0, 0) BEGIN
  INSERT INTO days (workspace_id, sequence_id, day, sent, opened, clicked, replied)
  VALUES (old.workspace_id, old.sequence_id, old.day, old.day_sent, old.day_opened, old.day_clicked, old.day_replied)
  ON CONFLICT DO UPDATE SET sent = sent + excluded.sent, opened = opened + excluded.opened,
    clicked = clicked + excluded.clicked, replied = replied + excluded.replied;
END;
CREATE TRIGGER counts_turned AFTER UPDATE OF day ON counts WHEN new.day > old.day AND old.today <> 0 BEGIN
  INSERT INTO days (workspace_id, sequence_id, day, enrolled, exited, completed, failed)
  VALUES (old.workspace_id, old.sequence_id, old.day, old.today * (old.what = 'ACTIVE'), old.today * (old.what = 'EXITED'),
    old.today * (old.what = 'COMPLETED'), old.today * (old.what = 'FAILED'))
  ON CONFLICT DO UPDATE SET enrolled = enrolled + excluded.enrolled, exited = exited + excluded.exited,
    completed = completed + excluded.completed, failed = failed + excluded.failed;
END;

DROP TRIGGER messages_tallied;
CREATE TRIGGER messages_tallied AFTER INSERT ON messages BEGIN
  UPDATE tallies SET day = new.sent_day, day_sent = 0, day_opened = 0, day_clicked = 0, day_replied = 0
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0)
    AND day < new.sent_day;
  INSERT INTO tallies (workspace_id, sequence_id, step_id, sequence_template_id, template_id, retrying, sent, unconfirmed, failed,
    cancelled, delivered, opened, clicked, contacted, last_used_at, day, day_sent)
  VALUES (new.workspace_id, new.sequence_id, new.step_id, COALESCE(new.sequence_template_id, 0), COALESCE(new.template_id, 0),
    new.status = 'retrying', new.status = 'sent', new.status = 'unconfirmed', new.status = 'failed', new.status = 'cancelled',
    new.arrived, new.seen, new.clicked_at IS NOT NULL, new.arrived AND NOT EXISTS (
      SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
      WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id AND m.arrived AND m.id <> new.id)
    AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id
      AND e.call_completed_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM departed d WHERE d.contact_id = new.contact_id AND d.sequence_id = new.sequence_id AND d.reached),
    new.at, COALESCE(new.sent_day, 0), new.arrived)
  ON CONFLICT DO UPDATE SET retrying = retrying + excluded.retrying, sent = sent + excluded.sent,
    unconfirmed = unconfirmed + excluded.unconfirmed, failed = failed + excluded.failed,
    cancelled = cancelled + excluded.cancelled, delivered = delivered + excluded.delivered,
    opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
    contacted = contacted + excluded.contacted, last_used_at = MAX(COALESCE(last_used_at, 0), excluded.last_used_at),
    day_sent = day_sent + (day = excluded.day) * excluded.day_sent;
  INSERT INTO days (workspace_id, sequence_id, day, sent)
  SELECT workspace_id, sequence_id, new.sent_day, 1 FROM tallies
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0)
    AND day > new.sent_day
  ON CONFLICT DO UPDATE SET sent = sent + 1;
END;
DROP TRIGGER messages_retallied;
CREATE TRIGGER messages_retallied
AFTER UPDATE OF status, at, delivered_at, opened_at, clicked_at, bounced_at, replied_at, unsubscribed_at ON messages
WHEN (old.status, old.arrived, old.sent_day, old.seen_day, old.clicked_day, old.bounced_at IS NULL, old.replied_day, old.unsubscribed_at IS NULL)
  IS NOT (new.status, new.arrived, new.sent_day, new.seen_day, new.clicked_day, new.bounced_at IS NULL, new.replied_day, new.unsubscribed_at IS NULL)
BEGIN
  UPDATE tallies SET day = MAX(COALESCE(new.sent_day, 0), COALESCE(new.seen_day, 0), COALESCE(new.clicked_day, 0), COALESCE(new.replied_day, 0)),
    day_sent = 0, day_opened = 0, day_clicked = 0, day_replied = 0
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0)
    AND day < MAX(COALESCE(new.sent_day, 0), COALESCE(new.seen_day, 0), COALESCE(new.clicked_day, 0), COALESCE(new.replied_day, 0));
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
      AND e.call_completed_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM departed d WHERE d.contact_id = new.contact_id AND d.sequence_id = new.sequence_id AND d.reached)),
    day_sent = day_sent + (new.sent_day IS day) - (old.sent_day IS day),
    day_opened = day_opened + (new.seen_day IS day) - (old.seen_day IS day),
    day_clicked = day_clicked + (new.clicked_day IS day) - (old.clicked_day IS day),
    day_replied = day_replied + (new.replied_day IS day) - (old.replied_day IS day),
    reply_time = reply_time + CASE WHEN old.replied_at IS NULL AND new.replied_at IS NOT NULL THEN new.reply_time ELSE 0 END,
    reply_times = CASE WHEN old.replied_at IS NULL AND new.replied_at IS NOT NULL
      THEN json_set(reply_times, '$."' || new.reply_bucket || '"', COALESCE(json_extract(reply_times, '$."' || new.reply_bucket || '"'), 0) + 1)
      ELSE reply_times END
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0);
  INSERT INTO days (workspace_id, sequence_id, day, sent, opened, clicked, replied)
  SELECT t.workspace_id, t.sequence_id, f.value, SUM(CASE f.key WHEN 0 THEN 1 WHEN 4 THEN -1 ELSE 0 END) AS sent, SUM(CASE f.key WHEN 1 THEN 1 WHEN 5 THEN -1 ELSE 0 END) AS opened,
    SUM(CASE f.key WHEN 2 THEN 1 WHEN 6 THEN -1 ELSE 0 END) AS clicked, SUM(CASE f.key WHEN 3 THEN 1 WHEN 7 THEN -1 ELSE 0 END) AS replied
  FROM (SELECT * FROM tallies WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0)) t
  CROSS JOIN json_each(json_array(new.sent_day, new.seen_day, new.clicked_day, new.replied_day,
    old.sent_day, old.seen_day, old.clicked_day, old.replied_day)) f
  WHERE f.value <> t.day GROUP BY f.value HAVING (sent, opened, clicked, replied) IS NOT (0, 0, 0, 0)
  ON CONFLICT DO UPDATE SET sent = sent + excluded.sent, opened = opened + excluded.opened,
    clicked = clicked + excluded.clicked, replied = replied + excluded.replied;
END;
DROP TRIGGER enrollments_counted;
CREATE TRIGGER enrollments_counted AFTER INSERT ON enrollments BEGIN
  UPDATE counts SET day = new.enrolled_at / 86400000, today = 0
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND what = 'ACTIVE' AND day < new.enrolled_at / 86400000;
  INSERT INTO counts (workspace_id, sequence_id, what, n, day, today)
  VALUES (new.workspace_id, new.sequence_id, new.standing, 1, new.enrolled_at / 86400000, new.standing = 'ACTIVE')
  ON CONFLICT DO UPDATE SET n = n + 1, today = today + (day = excluded.day) * excluded.today;
  INSERT INTO days (workspace_id, sequence_id, day, enrolled)
  SELECT workspace_id, sequence_id, new.enrolled_at / 86400000, 1 FROM counts
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND what = 'ACTIVE' AND day > new.enrolled_at / 86400000
  ON CONFLICT DO UPDATE SET enrolled = enrolled + 1;
END;
DROP TRIGGER enrollments_recounted;
CREATE TRIGGER enrollments_recounted AFTER UPDATE OF standing, ended_at ON enrollments
WHEN (old.standing, old.end_day) IS NOT (new.standing, new.end_day) BEGIN
  UPDATE counts SET n = n - 1, today = today - (day IS old.end_day)
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = old.standing;
  UPDATE counts SET day = new.end_day, today = 0
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND what = new.standing AND day < new.end_day;
  INSERT INTO counts (workspace_id, sequence_id, what, n, day, today)
  VALUES (new.workspace_id, new.sequence_id, new.standing, 1, COALESCE(new.end_day, 0), new.end_day IS NOT NULL)
  ON CONFLICT DO UPDATE SET n = n + 1, today = today + (day IS new.end_day);
  INSERT INTO days (workspace_id, sequence_id, day, exited, completed, failed)
  SELECT c.workspace_id, c.sequence_id, f.day, SUM(f.n * (c.what = 'EXITED')), SUM(f.n * (c.what = 'COMPLETED')),
    SUM(f.n * (c.what = 'FAILED'))
  FROM (SELECT old.standing AS what, old.end_day AS day, -1 AS n UNION ALL SELECT new.standing, new.end_day, 1) f
  CROSS JOIN counts c ON c.workspace_id = new.workspace_id AND c.sequence_id = new.sequence_id AND c.what = f.what
  WHERE f.day <> c.day GROUP BY f.day
  ON CONFLICT DO UPDATE SET exited = exited + excluded.exited, completed = completed + excluded.completed,
    failed = failed + excluded.failed;
END;
-- Whoever goes while he is under way had been admitted for a move that came to nothing, as if he had never been.
DROP TRIGGER enrollments_uncounted;
CREATE TRIGGER enrollments_uncounted AFTER DELETE ON enrollments BEGIN
  UPDATE counts SET n = n - 1, today = today - (old.standing = 'ACTIVE' AND day = old.enrolled_at / 86400000)
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = old.standing;
  INSERT INTO days (workspace_id, sequence_id, day, enrolled)
  SELECT workspace_id, sequence_id, old.enrolled_at / 86400000, -1 FROM counts
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = 'ACTIVE' AND old.standing = 'ACTIVE'
    AND day <> old.enrolled_at / 86400000
  ON CONFLICT DO UPDATE SET enrolled = enrolled - 1;
END;

-- `counts` has columns that these do not name.
DROP TRIGGER sequences_counted;
CREATE TRIGGER sequences_counted AFTER INSERT ON sequences BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'sequences', new.status <> 'ARCHIVED')
  ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
DROP TRIGGER contacts_counted;
CREATE TRIGGER contacts_counted AFTER INSERT ON contacts BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'contacts', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER replies_counted;
CREATE TRIGGER replies_counted AFTER INSERT ON replies BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'replies', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER dead_letters_counted;
CREATE TRIGGER dead_letters_counted AFTER INSERT ON dead_letters WHEN new.workspace_id IS NOT NULL BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'dead_letters', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER segment_members_counted;
CREATE TRIGGER segment_members_counted AFTER INSERT ON segment_members BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'segment.' || new.segment_id, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER subscribers_counted;
CREATE TRIGGER subscribers_counted AFTER INSERT ON addresses WHEN new.platform = 'EMAIL' BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'subscribers', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER users_counted;
CREATE TRIGGER users_counted AFTER INSERT ON users BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'users', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER sequences_hidden;
CREATE TRIGGER sequences_hidden AFTER INSERT ON sequences
WHEN new.share_type = 'private' AND new.status <> 'ARCHIVED' BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'private', 1), (new.workspace_id, 0, 'private.' || new.owner_id, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER sequences_rehidden;
CREATE TRIGGER sequences_rehidden AFTER UPDATE OF status, share_type, owner_id ON sequences
WHEN new.share_type = 'private' AND new.status <> 'ARCHIVED'
  AND NOT (old.share_type = 'private' AND old.status <> 'ARCHIVED' AND new.owner_id = old.owner_id) BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'private', 1), (new.workspace_id, 0, 'private.' || new.owner_id, 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER suppressions_counted;
CREATE TRIGGER suppressions_counted AFTER INSERT ON suppressions BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'suppressed.' || new.reason || '.' || COALESCE(new.platform, ''), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER suppressions_recounted;
CREATE TRIGGER suppressions_recounted AFTER UPDATE OF platform ON suppressions WHEN old.platform IS NOT new.platform BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0
    AND what = 'suppressed.' || old.reason || '.' || COALESCE(old.platform, '');
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'suppressed.' || new.reason || '.' || COALESCE(new.platform, ''), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER bulk_jobs_counted;
CREATE TRIGGER bulk_jobs_counted AFTER UPDATE OF state ON bulk_jobs WHEN old.state = 'staging' AND new.state <> 'staging' BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (new.workspace_id, 0, 'bulk_jobs', 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER workspaces_counted;
CREATE TRIGGER workspaces_counted AFTER INSERT ON workspaces BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (0, 0, 'workspaces', 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
