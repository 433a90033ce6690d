-- What an operator looks at: rows that are few, found without a look at all the others.
CREATE INDEX dead_letters_unsent ON dead_letters (id, queue) WHERE resent_at IS NULL;
CREATE INDEX channels_paused ON channels (workspace_id) WHERE paused_at IS NOT NULL;
CREATE INDEX workspaces_paused ON workspaces (id) WHERE paused_at IS NOT NULL;
