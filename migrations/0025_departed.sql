-- Who is counted once a sequence, however often he was enrolled there, is so too where his rows were removed meanwhile.
ALTER TABLE departed ADD COLUMN reached INTEGER NOT NULL DEFAULT 0; -- whether a message or a call has reached him
ALTER TABLE departed ADD COLUMN replied INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER messages_tallied;
CREATE TRIGGER messages_tallied AFTER INSERT ON messages BEGIN
  INSERT INTO tallies (workspace_id, sequence_id, step_id, sequence_template_id, template_id, retrying, sent, unconfirmed, failed,
    cancelled, delivered, opened, clicked, contacted, last_used_at)
  VALUES (new.workspace_id, new.sequence_id, new.step_id, COALESCE(new.sequence_template_id, 0), COALESCE(new.template_id, 0),
    new.status = 'retrying', new.status = 'sent', new.status = 'unconfirmed', new.status = 'failed', new.status = 'cancelled',
    new.arrived, new.seen, new.clicked_at IS NOT NULL, new.arrived AND NOT EXISTS (
      SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
      WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id AND m.arrived AND m.id <> new.id)
    AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id
      AND e.call_completed_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM departed d WHERE d.contact_id = new.contact_id AND d.sequence_id = new.sequence_id AND d.reached),
    new.at)
  ON CONFLICT DO UPDATE SET retrying = retrying + excluded.retrying, sent = sent + excluded.sent,
    unconfirmed = unconfirmed + excluded.unconfirmed, failed = failed + excluded.failed,
    cancelled = cancelled + excluded.cancelled, delivered = delivered + excluded.delivered,
    opened = opened + excluded.opened, clicked = clicked + excluded.clicked,
    contacted = contacted + excluded.contacted, last_used_at = MAX(COALESCE(last_used_at, 0), excluded.last_used_at);
END;
DROP TRIGGER messages_retallied;
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
      AND e.call_completed_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM departed d WHERE d.contact_id = new.contact_id AND d.sequence_id = new.sequence_id AND d.reached))
  WHERE workspace_id = new.workspace_id AND sequence_id = new.sequence_id AND step_id = new.step_id
    AND sequence_template_id = COALESCE(new.sequence_template_id, 0) AND template_id = COALESCE(new.template_id, 0);
END;
DROP TRIGGER called_contacts_counted;
CREATE TRIGGER called_contacts_counted AFTER UPDATE OF call_completed_at ON enrollments
WHEN old.call_completed_at IS NULL AND new.call_completed_at IS NOT NULL BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n)
  SELECT new.workspace_id, new.sequence_id, 'contacts_called', 1
  WHERE NOT EXISTS (SELECT 1 FROM enrollments WHERE contact_id = new.contact_id AND sequence_id = new.sequence_id
      AND id <> new.id AND call_completed_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
      WHERE e.contact_id = new.contact_id AND e.sequence_id = new.sequence_id AND m.arrived)
    AND NOT EXISTS (SELECT 1 FROM departed d WHERE d.contact_id = new.contact_id AND d.sequence_id = new.sequence_id AND d.reached)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER replied_contacts_counted;
CREATE TRIGGER replied_contacts_counted AFTER UPDATE OF replied_at ON enrollments
WHEN old.replied_at IS NULL AND new.replied_at IS NOT NULL BEGIN
  INSERT INTO counts (workspace_id, sequence_id, what, n)
  SELECT new.workspace_id, new.sequence_id, 'contacts_replied', 1
  WHERE NOT EXISTS (SELECT 1 FROM enrollments WHERE contact_id = new.contact_id AND sequence_id = new.sequence_id
    AND id <> new.id AND replied_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM departed d WHERE d.contact_id = new.contact_id AND d.sequence_id = new.sequence_id AND d.replied)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
