-- What the operator sets of a workspace: features and limits that differ from its plan's, and whether it is shut.
ALTER TABLE workspaces ADD COLUMN features TEXT NOT NULL DEFAULT '{}';
ALTER TABLE workspaces ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
ALTER TABLE workspaces ADD COLUMN locked_at INTEGER; -- wall time; its keys open nothing from then on

-- The key that was made in place of this one, which goes on for a while; none has two.
ALTER TABLE keys ADD COLUMN successor_id INTEGER;

-- All workspaces are counted under none.
CREATE TRIGGER workspaces_counted AFTER INSERT ON workspaces BEGIN
  INSERT INTO counts VALUES (0, 0, 'workspaces', 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
INSERT INTO counts (workspace_id, sequence_id, what, n) SELECT 0, 0, 'workspaces', COUNT(*) FROM workspaces;

-- The live enrollments of a workspace that has a limit to them. The row is made when the limit is first met; where there is
-- none nothing is written, so that without a limit an enrollment costs no row more.
CREATE TRIGGER live_counted AFTER INSERT ON enrollments WHEN new.standing = 'ACTIVE' BEGIN
  UPDATE counts SET n = n + 1 WHERE workspace_id = new.workspace_id AND sequence_id = 0 AND what = 'live';
END;
CREATE TRIGGER live_recounted AFTER UPDATE OF standing ON enrollments
WHEN (old.standing = 'ACTIVE') <> (new.standing = 'ACTIVE') BEGIN
  UPDATE counts SET n = n + CASE new.standing WHEN 'ACTIVE' THEN 1 ELSE -1 END
  WHERE workspace_id = new.workspace_id AND sequence_id = 0 AND what = 'live';
END;
CREATE TRIGGER live_uncounted AFTER DELETE ON enrollments WHEN old.standing = 'ACTIVE' BEGIN
  UPDATE counts SET n = n - 1 WHERE workspace_id = old.workspace_id AND sequence_id = 0 AND what = 'live';
END;
