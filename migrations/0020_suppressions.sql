-- Whom nobody writes to: one list of addresses for a workspace, kept together with contacts and addresses by the triggers
-- below. Bounces and complaints are facts of an address; an opt-out is a person's, and all his addresses stand here for it.

CREATE TABLE listed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  platform TEXT, -- null: of somebody erased before this was kept
  address TEXT, -- as it was written; null of somebody who was erased
  key TEXT, -- as it is compared; likewise
  hash TEXT, -- what stays of it then, keyed
  reason TEXT NOT NULL, -- bounced, complained, opted_out
  contact_id INTEGER, -- who has it, or had it last
  message_id INTEGER, -- what it came of, where that is known
  created_at INTEGER NOT NULL
);
INSERT INTO listed (workspace_id, hash, reason, created_at)
SELECT workspace_id, hash, 'opted_out', created_at FROM suppressions ORDER BY created_at, hash;
DROP TABLE suppressions;
ALTER TABLE listed RENAME TO suppressions;
CREATE UNIQUE INDEX suppressions_once ON suppressions (workspace_id, platform, key, reason) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX suppressions_of_erased ON suppressions (workspace_id, hash, reason) WHERE hash IS NOT NULL;
CREATE INDEX suppressions_by_contact ON suppressions (contact_id) WHERE contact_id IS NOT NULL;
-- What the list is read along; a page merges the three reasons.
CREATE INDEX suppressions_by_reason ON suppressions (workspace_id, reason);
CREATE INDEX suppressions_by_platform ON suppressions (workspace_id, platform, reason);

-- Totals by reason and platform ('suppressed.bounced.EMAIL'), so that every filter's is a sum of few rows.
CREATE TRIGGER suppressions_counted AFTER INSERT ON suppressions BEGIN
  INSERT INTO counts VALUES (new.workspace_id, 0, 'suppressed.' || new.reason || '.' || COALESCE(new.platform, ''), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER suppressions_uncounted AFTER DELETE ON suppressions BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0
    AND what = 'suppressed.' || old.reason || '.' || COALESCE(old.platform, '');
END;
CREATE TRIGGER suppressions_recounted AFTER UPDATE OF platform ON suppressions WHEN old.platform IS NOT new.platform BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0
    AND what = 'suppressed.' || old.reason || '.' || COALESCE(old.platform, '');
  INSERT INTO counts VALUES (new.workspace_id, 0, 'suppressed.' || new.reason || '.' || COALESCE(new.platform, ''), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
INSERT INTO counts (workspace_id, sequence_id, what, n)
SELECT workspace_id, 0, 'suppressed.opted_out.', COUNT(*) FROM suppressions GROUP BY workspace_id;

-- Why an address is not to be written to, beside an opt-out of who has it: what a turn must know, where it reads anyway.
ALTER TABLE addresses ADD COLUMN blocked TEXT; -- bounced, complained
CREATE TRIGGER suppressions_block AFTER INSERT ON suppressions WHEN new.key IS NOT NULL AND new.reason <> 'opted_out' BEGIN
  UPDATE addresses SET blocked = new.reason
  WHERE workspace_id = new.workspace_id AND platform = new.platform AND key = new.key AND blocked IS NULL;
END;
CREATE TRIGGER suppressions_unblock AFTER DELETE ON suppressions WHEN old.key IS NOT NULL AND old.reason <> 'opted_out' BEGIN
  UPDATE addresses SET blocked = (
    SELECT reason FROM suppressions WHERE workspace_id = old.workspace_id AND platform = old.platform AND key = old.key
      AND reason <> 'opted_out')
  WHERE workspace_id = old.workspace_id AND platform = old.platform AND key = old.key;
END;
-- Whoever gets an address that is on the list gets with it what it is on the list for.
CREATE TRIGGER addresses_listed AFTER INSERT ON addresses WHEN EXISTS (
  SELECT 1 FROM suppressions
  WHERE workspace_id = new.workspace_id AND platform = new.platform AND key = new.key) BEGIN
  UPDATE suppressions SET contact_id = new.contact_id
  WHERE workspace_id = new.workspace_id AND platform = new.platform AND key = new.key;
  UPDATE addresses SET blocked = (
    SELECT reason FROM suppressions WHERE workspace_id = new.workspace_id AND platform = new.platform AND key = new.key
      AND reason <> 'opted_out')
  WHERE workspace_id = new.workspace_id AND platform = new.platform AND key = new.key;
  UPDATE contacts SET opted_out_at = (
    SELECT created_at FROM suppressions WHERE workspace_id = new.workspace_id AND platform = new.platform AND key = new.key
      AND reason = 'opted_out')
  WHERE id = new.contact_id AND opted_out_at IS NULL;
END;
CREATE TRIGGER addresses_opted_out AFTER INSERT ON addresses
WHEN (SELECT opted_out_at FROM contacts WHERE id = new.contact_id) IS NOT NULL BEGIN
  INSERT INTO suppressions (workspace_id, platform, address, key, reason, contact_id, message_id, created_at)
  SELECT new.workspace_id, new.platform, new.address, new.key, 'opted_out', id, opted_out_by, opted_out_at
  FROM contacts WHERE id = new.contact_id
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_opted_out AFTER UPDATE OF opted_out_at ON contacts
WHEN old.opted_out_at IS NULL AND new.opted_out_at IS NOT NULL BEGIN
  INSERT INTO suppressions (workspace_id, platform, address, key, reason, contact_id, message_id, created_at)
  SELECT workspace_id, platform, address, key, 'opted_out', contact_id, new.opted_out_by, new.opted_out_at
  FROM addresses WHERE contact_id = new.id
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_opted_in AFTER UPDATE OF opted_out_at ON contacts
WHEN old.opted_out_at IS NOT NULL AND new.opted_out_at IS NULL BEGIN
  DELETE FROM suppressions WHERE contact_id = new.id AND reason = 'opted_out';
END;
-- What he opted out after without any link of its own, as by STOP, is told later than his opt-out.
CREATE TRIGGER messages_unsubscribed AFTER UPDATE OF unsubscribed_at ON messages
WHEN old.unsubscribed_at IS NULL AND new.unsubscribed_at IS NOT NULL BEGIN
  UPDATE suppressions SET message_id = new.id
  WHERE contact_id = new.contact_id AND reason = 'opted_out' AND message_id IS NULL;
END;

-- Until now who was blocked was so by all his addresses.
INSERT INTO suppressions (workspace_id, platform, address, key, reason, contact_id, created_at)
SELECT a.workspace_id, a.platform, a.address, a.key,
  CASE WHEN EXISTS (
    SELECT 1 FROM enrollments e CROSS JOIN messages m ON m.id >= e.id * 4096 AND m.id < (e.id + 1) * 4096
    WHERE e.contact_id = c.id AND m.complained_at IS NOT NULL)
    THEN 'complained' ELSE 'bounced' END, c.id, c.blocked_at
FROM contacts c JOIN addresses a ON a.contact_id = c.id
WHERE c.blocked_at IS NOT NULL AND c.erased_at IS NULL ORDER BY c.id, a.position;
INSERT INTO suppressions (workspace_id, platform, address, key, reason, contact_id, created_at)
SELECT a.workspace_id, a.platform, a.address, a.key, 'opted_out', c.id, c.opted_out_at
FROM contacts c JOIN addresses a ON a.contact_id = c.id
WHERE c.opted_out_at IS NOT NULL AND c.erased_at IS NULL ORDER BY c.id, a.position;
ALTER TABLE contacts DROP COLUMN blocked_at;

-- Keyed hashes of the addresses of who was erased lately: words of his that were under way then are not kept.
CREATE TABLE erasures (
  workspace_id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  erased_at INTEGER NOT NULL, -- wall time
  PRIMARY KEY (workspace_id, hash)
) WITHOUT ROWID;
CREATE INDEX erasures_past ON erasures (erased_at);
