-- Throttles: who is let into a sequence, and who waits in front of it until there is room.

ALTER TABLE sequences ADD COLUMN throttled INTEGER GENERATED ALWAYS AS (
  throttle_capacity IS NOT NULL OR throttle_max_adds IS NOT NULL OR throttle_paused_at IS NOT NULL) VIRTUAL;

-- When the throttle let him in; null where it had no say.
ALTER TABLE enrollments ADD COLUMN let_in_at INTEGER;
-- Where he stands: 'waiting' in front of the throttle, 'in', or 'none' where he has ended or is yet to come by a move.
ALTER TABLE enrollments ADD COLUMN gate TEXT GENERATED ALWAYS AS (
  CASE WHEN standing <> 'ACTIVE' THEN 'none' WHEN state <> 'pending' THEN 'in'
    WHEN why = 'throttle' THEN 'waiting' WHEN why = 'move' THEN 'none' ELSE 'in' END) VIRTUAL;
CREATE INDEX enrollments_waiting ON enrollments (sequence_id, user_id) WHERE gate = 'waiting';

-- Of a sequence with a throttle, for each user: enrollments under way and waiting, and those let in on the day (days since
-- 1970, UTC). Sequences without one have no rows here; after one was taken away they stay until nobody waits.
CREATE TABLE throttles (
  sequence_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  workspace_id INTEGER NOT NULL,
  active INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0,
  day INTEGER NOT NULL DEFAULT 0,
  added INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sequence_id, user_id)
) WITHOUT ROWID;
-- What the sweep looks through.
CREATE INDEX throttles_waiting ON throttles (sequence_id, user_id) WHERE waiting > 0;

CREATE TRIGGER throttles_counted AFTER INSERT ON enrollments WHEN new.gate <> 'none' BEGIN
  INSERT INTO throttles (sequence_id, user_id, workspace_id)
  SELECT new.sequence_id, COALESCE(new.user_id, 0), new.workspace_id FROM sequences
  WHERE id = new.sequence_id AND throttled
  ON CONFLICT DO NOTHING;
  UPDATE throttles SET active = active + (new.gate = 'in'), waiting = waiting + (new.gate = 'waiting')
  WHERE sequence_id = new.sequence_id AND user_id = COALESCE(new.user_id, 0);
END;
-- The day never goes back, however late a statement comes in that was begun before midnight.
CREATE TRIGGER throttles_recounted AFTER UPDATE OF standing, state, why ON enrollments WHEN old.gate <> new.gate BEGIN
  INSERT INTO throttles (sequence_id, user_id, workspace_id)
  SELECT new.sequence_id, COALESCE(new.user_id, 0), new.workspace_id FROM sequences
  WHERE id = new.sequence_id AND throttled
  ON CONFLICT DO NOTHING;
  UPDATE throttles SET active = active + (new.gate = 'in') - (old.gate = 'in'),
    waiting = waiting + (new.gate = 'waiting') - (old.gate = 'waiting'),
    added = CASE WHEN old.gate <> 'waiting' OR new.gate <> 'in' THEN added
      WHEN day >= new.let_in_at / 86400000 THEN added + 1 ELSE 1 END,
    day = CASE WHEN old.gate <> 'waiting' OR new.gate <> 'in' THEN day ELSE MAX(day, new.let_in_at / 86400000) END
  WHERE sequence_id = new.sequence_id AND user_id = COALESCE(new.user_id, 0);
END;
