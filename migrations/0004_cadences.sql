-- What sales cadences know of sequences, enrollments, messages, contacts and users beyond what drips do.

ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN username TEXT;
ALTER TABLE users ADD COLUMN first_name TEXT;
ALTER TABLE users ADD COLUMN last_name TEXT;
ALTER TABLE users ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN details TEXT NOT NULL DEFAULT '{}'; -- what is only kept and shown (JSON)
ALTER TABLE users ADD COLUMN creator_id INTEGER;
ALTER TABLE users ADD COLUMN updater_id INTEGER;
ALTER TABLE users ADD COLUMN updated_at INTEGER;

ALTER TABLE sequences ADD COLUMN description TEXT;
-- private: only its owner sees it; read_only: others see it and enroll; shared: others edit it too.
ALTER TABLE sequences ADD COLUMN share_type TEXT NOT NULL DEFAULT 'shared';
ALTER TABLE sequences ADD COLUMN sales_motion TEXT;
ALTER TABLE sequences ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
-- interval: each step comes so long after the one before it; date: each step has a day of its own.
ALTER TABLE sequences ADD COLUMN sequence_type TEXT NOT NULL DEFAULT 'interval';
-- Of a date sequence: how many enrollments it takes in all.
ALTER TABLE sequences ADD COLUMN max_activations INTEGER NOT NULL DEFAULT 150;
-- schedule: intervals count open time only; calendar: all time, and then the next opening.
ALTER TABLE sequences ADD COLUMN schedule_interval_type TEXT NOT NULL DEFAULT 'calendar';
ALTER TABLE sequences ADD COLUMN schedule_id INTEGER;
ALTER TABLE sequences ADD COLUMN ruleset_id INTEGER;
-- Enrollments under way at a time, and let in on a day (UTC), by each user; null: as many as come.
ALTER TABLE sequences ADD COLUMN throttle_capacity INTEGER;
ALTER TABLE sequences ADD COLUMN throttle_max_adds INTEGER;
ALTER TABLE sequences ADD COLUMN throttle_paused_at INTEGER;
ALTER TABLE sequences ADD COLUMN locked_at INTEGER;

ALTER TABLE contacts ADD COLUMN owner_id INTEGER;
ALTER TABLE contacts ADD COLUMN stage_id INTEGER;
ALTER TABLE contacts ADD COLUMN creator_id INTEGER;
ALTER TABLE contacts ADD COLUMN updater_id INTEGER;

-- The user on whose behalf he was enrolled; null: before this was kept, and then the sequence's owner.
ALTER TABLE enrollments ADD COLUMN user_id INTEGER;
ALTER TABLE enrollments ADD COLUMN mailbox_id INTEGER;
