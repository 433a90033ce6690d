-- Letters given up are looked for by their queue, and those of a workspace that nobody has sent again apart from all the others.
CREATE INDEX dead_letters_by_queue ON dead_letters (queue);
CREATE INDEX dead_letters_unsent_by_queue ON dead_letters (queue) WHERE resent_at IS NULL;
CREATE INDEX dead_letters_unsent_by_workspace ON dead_letters (workspace_id) WHERE resent_at IS NULL;

-- How much later a message was claimed than it was to be, in milliseconds of wall time; of one that was not late, nothing.
ALTER TABLE messages ADD COLUMN late INTEGER;
