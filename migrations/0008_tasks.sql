-- What people do by hand: tasks, those of journeys and those that stand alone, and the calls that were made.

-- Of a journey's task the id is that of an act of its enrollment, and its object owns the times and the state; `fact` is the
-- number of the history entry that the row shows. Notes, owners and priorities are the row's own.
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  sequence_id INTEGER,
  step_id INTEGER,
  enrollment_id INTEGER,
  contact_id INTEGER NOT NULL,
  owner_id INTEGER NOT NULL,
  creator_id INTEGER NOT NULL,
  action TEXT NOT NULL,
  task_type TEXT NOT NULL,
  state TEXT NOT NULL,
  result TEXT, -- how it came to be complete
  due_at INTEGER,
  scheduled_at INTEGER,
  autoskip_at INTEGER,
  note TEXT,
  priority_id INTEGER,
  completed_at INTEGER,
  completer_id INTEGER,
  state_changed_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  fact INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX tasks_by_workspace ON tasks (workspace_id);
CREATE INDEX tasks_open ON tasks (workspace_id) WHERE state <> 'complete';
CREATE INDEX tasks_by_sequence ON tasks (sequence_id) WHERE sequence_id IS NOT NULL;
-- Those of journeys are found by the ids of the contact's enrollments.
CREATE INDEX tasks_alone ON tasks (contact_id) WHERE enrollment_id IS NULL;
CREATE INDEX tasks_to_skip ON tasks (autoskip_at)
  WHERE enrollment_id IS NULL AND autoskip_at IS NOT NULL AND state <> 'complete';

-- The newest task that stands alone; its id is a multiple that no enrollment's messages and acts have.
CREATE TABLE task_counter (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  n INTEGER NOT NULL
);
INSERT INTO task_counter (id, n) VALUES (1, 0);

CREATE TABLE calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  user_id INTEGER,
  task_id INTEGER,
  enrollment_id INTEGER,
  sequence_id INTEGER,
  step_id INTEGER,
  direction TEXT,
  outcome TEXT,
  note TEXT,
  state TEXT NOT NULL,
  dialed_at INTEGER,
  answered_at INTEGER,
  completed_at INTEGER,
  details TEXT NOT NULL DEFAULT '{}', -- what is only kept and shown (JSON)
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX calls_by_workspace ON calls (workspace_id);
CREATE INDEX calls_by_contact ON calls (contact_id);
CREATE INDEX calls_by_task ON calls (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX calls_by_enrollment ON calls (enrollment_id) WHERE enrollment_id IS NOT NULL;
CREATE INDEX calls_by_sequence ON calls (sequence_id) WHERE sequence_id IS NOT NULL;

-- The last message or task that ran; null: before this was kept, and then the last message.
ALTER TABLE enrollments ADD COLUMN last_touch_id INTEGER;
ALTER TABLE enrollments ADD COLUMN call_completed_at INTEGER;
