-- What lists of all resources are read along: everything of a workspace by id, and by the time it was changed.

-- A step finds its workspace by its sequence; it is written here so that an index can begin with it.
ALTER TABLE steps ADD COLUMN workspace_id INTEGER;
UPDATE steps SET workspace_id = (SELECT workspace_id FROM sequences WHERE id = sequence_id);
CREATE TRIGGER steps_placed AFTER INSERT ON steps BEGIN
  UPDATE steps SET workspace_id = (SELECT workspace_id FROM sequences WHERE id = new.sequence_id) WHERE id = new.id;
END;
CREATE INDEX steps_by_workspace ON steps (workspace_id);
CREATE INDEX steps_by_change ON steps (workspace_id, updated_at);
CREATE INDEX steps_by_parent ON steps (parent_id);

CREATE INDEX sequences_by_change ON sequences (workspace_id, updated_at);
CREATE INDEX contacts_by_change ON contacts (workspace_id, updated_at) WHERE erased_at IS NULL;
CREATE INDEX contacts_by_owner ON contacts (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX contacts_by_stage ON contacts (stage_id) WHERE stage_id IS NOT NULL;
CREATE INDEX enrollments_by_workspace ON enrollments (workspace_id);
CREATE INDEX enrollments_by_sequence ON enrollments (sequence_id);
CREATE INDEX enrollments_by_change ON enrollments (workspace_id, updated_at);

-- Each index of messages costs a row for every message that is sent: so they are all listed in the order of their creation.
DROP INDEX messages_by_workspace;
DROP INDEX messages_by_sequence;
DROP INDEX messages_in_trouble;
CREATE INDEX messages_by_workspace ON messages (workspace_id, created_at);
CREATE INDEX messages_by_sequence ON messages (sequence_id, created_at);
CREATE INDEX messages_by_step ON messages (step_id, created_at);
CREATE INDEX messages_by_change ON messages (workspace_id, updated_at);
-- All but the common status, so that the exceptions are found without reading the rule.
CREATE INDEX messages_in_trouble ON messages (workspace_id, status, created_at) WHERE status <> 'sent';

-- An enrollment that was deleted: no list shows it, and its row stays for what its object still tells.
ALTER TABLE enrollments ADD COLUMN deleted_at INTEGER;
