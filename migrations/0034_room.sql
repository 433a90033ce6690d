-- A trigger that found no room for one more live enrollment in its workspace waits until there is some: nothing looks at it
-- but a sweep that sees room.
ALTER TABLE triggers ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
CREATE INDEX triggers_held ON triggers (workspace_id) WHERE held = 1;
DROP INDEX triggers_open;
CREATE INDEX triggers_open ON triggers (touched_at) WHERE held = 0;

-- How many bulk enrollments of a workspace are not done yet, those that come in among them.
CREATE INDEX bulk_jobs_unfinished ON bulk_jobs (workspace_id) WHERE state IN ('staging', 'queued', 'running');
-- Keys are each user's own.
DROP INDEX bulk_jobs_once;
CREATE UNIQUE INDEX bulk_jobs_once ON bulk_jobs (workspace_id, COALESCE(user_id, 0), idempotency_key)
WHERE idempotency_key IS NOT NULL;
