-- How mails leave: by a transport (JSON), whose credentials are kept encrypted, and from whom (JSON).
ALTER TABLE channels ADD COLUMN transport TEXT;
ALTER TABLE channels ADD COLUMN sealed TEXT;
ALTER TABLE channels ADD COLUMN sender TEXT;
-- 0 where nobody has set it, and the row only says that it is paused.
ALTER TABLE channels ADD COLUMN is_set INTEGER NOT NULL DEFAULT 1;

-- A mailbox may have a transport of its own; without one its mails go by the workspace's.
ALTER TABLE mailboxes ADD COLUMN sender_name TEXT;
ALTER TABLE mailboxes ADD COLUMN reply_to TEXT;
ALTER TABLE mailboxes ADD COLUMN transport TEXT;
ALTER TABLE mailboxes ADD COLUMN sealed TEXT;
ALTER TABLE mailboxes ADD COLUMN paused_at INTEGER;
ALTER TABLE mailboxes ADD COLUMN pause_reason TEXT;
-- At most so many a day (null: as many as come), so many in so many seconds, and a ramp up to the first (JSON).
ALTER TABLE mailboxes ADD COLUMN day_limit INTEGER;
ALTER TABLE mailboxes ADD COLUMN rate TEXT;
ALTER TABLE mailboxes ADD COLUMN warmup TEXT;
