-- Schedules: when the shown steps of the sequences that keep to them may be done.

CREATE TABLE schedules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  zone TEXT, -- null: the contact's own, or UTC where he has none
  openings TEXT NOT NULL,
  holidays TEXT NOT NULL DEFAULT '[]',
  creator_id INTEGER,
  updater_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX schedules_by_workspace ON schedules (workspace_id);

-- A schedule of its own in place of the sequence's; and of a date sequence, the day on which it comes.
ALTER TABLE steps ADD COLUMN schedule_id INTEGER;
ALTER TABLE steps ADD COLUMN date TEXT;

-- Who keeps to a schedule.
CREATE INDEX sequences_by_schedule ON sequences (schedule_id) WHERE schedule_id IS NOT NULL;
CREATE INDEX steps_by_schedule ON steps (schedule_id) WHERE schedule_id IS NOT NULL;

-- No sequence, and no step of one, is made with a schedule that has just been deleted.
CREATE TRIGGER sequences_with_schedule BEFORE INSERT ON sequences
WHEN new.schedule_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM schedules WHERE id = new.schedule_id AND workspace_id = new.workspace_id) BEGIN
  SELECT RAISE(ABORT, 'the schedule is not there');
END;
CREATE TRIGGER steps_with_schedule BEFORE INSERT ON steps
WHEN new.schedule_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM schedules WHERE id = new.schedule_id
    AND workspace_id = (SELECT workspace_id FROM sequences WHERE id = new.sequence_id)) BEGIN
  SELECT RAISE(ABORT, 'the schedule is not there');
END;
