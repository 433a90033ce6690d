-- What came to be counted wrongly by day and by step, counted rightly from here on; and what the rows still tell, counted again.

-- A message's days: a column of `tallies` that bears an alias's name was taken for it, so that news of an older day could be lost.
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
  SELECT t.workspace_id, t.sequence_id, f.value, SUM((f.key = 0) - (f.key = 4)) AS s, SUM((f.key = 1) - (f.key = 5)) AS o,
    SUM((f.key = 2) - (f.key = 6)) AS c, SUM((f.key = 3) - (f.key = 7)) AS r
  FROM (SELECT * FROM tallies WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0)) t
  CROSS JOIN json_each(json_array(new.sent_day, new.seen_day, new.clicked_day, new.replied_day,
    old.sent_day, old.seen_day, old.clicked_day, old.replied_day)) f
  WHERE f.value <> t.day GROUP BY f.value HAVING (s, o, c, r) IS NOT (0, 0, 0, 0)
  ON CONFLICT DO UPDATE SET sent = sent + excluded.sent, opened = opened + excluded.opened,
    clicked = clicked + excluded.clicked, replied = replied + excluded.replied;
END;

-- An end that comes to lie on a later day: that one begins before the old end is taken back, or it would be taken back twice.
DROP TRIGGER enrollments_recounted;
CREATE TRIGGER enrollments_recounted AFTER UPDATE OF standing, ended_at ON enrollments
WHEN (old.standing, old.end_day) IS NOT (new.standing, new.end_day) BEGIN
  UPDATE counts SET day = new.end_day, today = 0
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND what = new.standing AND day < new.end_day;
  UPDATE counts SET n = n - 1, today = today - (day IS old.end_day)
  WHERE workspace_id = old.workspace_id AND sequence_id = old.sequence_id AND what = old.standing;
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

-- Who had ended before steps were counted is counted by his messages: none of what he tells of his steps from here on counts
-- again. There are fewer steps than that behind anybody.
UPDATE enrollments SET ran = 4096 WHERE standing IN ('COMPLETED', 'EXITED') AND ran = 0 AND placed_at = 0 AND EXISTS (
  SELECT 1 FROM messages m WHERE m.id >= enrollments.id * 4096 AND m.id < (enrollments.id + 1) * 4096
    AND m.status IN ('sent', 'unconfirmed'));

-- Whose rows had been removed before that has ended, and does not wait at the first step.
INSERT INTO funnels (workspace_id, sequence_id, counted)
SELECT workspace_id, sequence_id, json_group_object('0/' || standing, n) FROM (
  SELECT c.workspace_id, c.sequence_id, s.value AS standing, c.n - COALESCE((
      SELECT SUM(j.value) FROM funnels f CROSS JOIN json_each(f.counted) j
      WHERE f.workspace_id = c.workspace_id AND f.sequence_id = c.sequence_id AND j.key LIKE '%/' || s.value), 0)
    + (SELECT COUNT(*) FROM enrollments e WHERE e.sequence_id = c.sequence_id AND e.placed_as = s.value) AS n
  FROM counts c CROSS JOIN json_each('["COMPLETED", "EXITED", "FAILED"]') s WHERE c.what = 'past.' || s.value)
WHERE n > 0 GROUP BY 1, 2
ON CONFLICT DO UPDATE SET counted = (
  SELECT json_group_object(key, n) FROM (
    SELECT key, SUM(value) AS n FROM (
      SELECT key, value FROM json_each(funnels.counted) UNION ALL SELECT key, value FROM json_each(excluded.counted))
    GROUP BY key));

-- The days of sequences of which no row was removed. What is removed tells no day: there they stay as they were counted.
CREATE VIEW whole AS SELECT DISTINCT workspace_id, sequence_id FROM counts t WHERE sequence_id > 0 AND NOT EXISTS (
  SELECT 1 FROM counts p WHERE p.workspace_id = t.workspace_id AND p.sequence_id = t.sequence_id AND p.what IN ('past.COMPLETED', 'past.EXITED', 'past.FAILED'));
DELETE FROM days WHERE (workspace_id, sequence_id) IN (SELECT * FROM whole)
  OR (enrolled, sent, opened, clicked, replied, exited, completed, failed) IS (0, 0, 0, 0, 0, 0, 0, 0);
UPDATE tallies SET day_sent = 0, day_opened = 0, day_clicked = 0, day_replied = 0
WHERE (workspace_id, sequence_id) IN (SELECT * FROM whole);
INSERT INTO days (workspace_id, sequence_id, day, enrolled, sent, opened, clicked, replied, exited, completed, failed)
SELECT * FROM (
  SELECT workspace_id, sequence_id, day, SUM(what = 'enrolled'), SUM(what = 0), SUM(what = 1), SUM(what = 2), SUM(what = 3),
    SUM(what = 'EXITED'), SUM(what = 'COMPLETED'), SUM(what = 'FAILED')
  FROM (
    SELECT workspace_id, sequence_id, enrolled_at / 86400000 AS day, 'enrolled' AS what FROM enrollments
    UNION ALL SELECT workspace_id, sequence_id, end_day, standing FROM enrollments
    UNION ALL SELECT workspace_id, sequence_id, f.value, f.key FROM messages
    CROSS JOIN json_each(json_array(sent_day, seen_day, clicked_day, replied_day)) f)
  WHERE day IS NOT NULL GROUP BY 1, 2, 3)
WHERE (workspace_id, sequence_id) IN (SELECT * FROM whole);
UPDATE counts SET today = 0 WHERE today <> 0 AND (workspace_id, sequence_id) IN (SELECT * FROM whole);
DROP VIEW whole;
