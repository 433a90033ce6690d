-- The active sequences of a workspace, over which what lies ahead is merged. It is written when one is switched, and never by a journey.
CREATE INDEX sequences_active ON sequences (workspace_id) WHERE status = 'ACTIVE';
