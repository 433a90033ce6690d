-- The priorities that tasks may have, and what lists of tasks and calls are read along.

CREATE TABLE priorities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  weight INTEGER NOT NULL, -- the higher, the more urgent
  color INTEGER NOT NULL, -- 0xRRGGBBAA
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX priorities_by_workspace ON priorities (workspace_id);
INSERT INTO priorities (workspace_id, name, weight, color, created_at, updated_at)
SELECT w.id, p.column1, p.column2, p.column3, w.created_at, w.created_at
FROM workspaces w CROSS JOIN (VALUES ('Low', 1, 0x8FA3B0FF), ('Normal', 2, 0x4A90D9FF), ('High', 3, 0xFF5951FF)) p
ORDER BY w.id, p.column2;
-- Every workspace has them.
CREATE TRIGGER workspaces_prioritised AFTER INSERT ON workspaces BEGIN
  INSERT INTO priorities (workspace_id, name, weight, color, created_at, updated_at) VALUES
    (new.id, 'Low', 1, 0x8FA3B0FF, new.created_at, new.created_at),
    (new.id, 'Normal', 2, 0x4A90D9FF, new.created_at, new.created_at),
    (new.id, 'High', 3, 0xFF5951FF, new.created_at, new.created_at);
END;

-- What is only kept and shown.
ALTER TABLE tasks ADD COLUMN opportunity_association TEXT;
-- A journey's task that was deleted: it was skipped, and its row stays for what its object still tells.
ALTER TABLE tasks ADD COLUMN deleted_at INTEGER;

DROP INDEX tasks_open;
CREATE INDEX tasks_by_state ON tasks (workspace_id, state);
CREATE INDEX tasks_by_change ON tasks (workspace_id, updated_at);
CREATE INDEX tasks_by_owner ON tasks (owner_id, state);
CREATE INDEX tasks_by_step ON tasks (step_id) WHERE step_id IS NOT NULL;

CREATE INDEX calls_by_change ON calls (workspace_id, updated_at);
CREATE INDEX calls_by_user ON calls (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX calls_by_step ON calls (step_id) WHERE step_id IS NOT NULL;
