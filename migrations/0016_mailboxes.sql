-- Whose days a mailbox's limits count (an IANA zone).
ALTER TABLE mailboxes ADD COLUMN zone TEXT NOT NULL DEFAULT 'UTC';

-- By which the sweep passes over what waits for a mailbox to be resumed.
CREATE INDEX mailboxes_paused ON mailboxes (workspace_id) WHERE paused_at IS NOT NULL AND deleted_at IS NULL;
