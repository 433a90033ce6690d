-- Rulesets: who may be enrolled in the sequences that name one, and what an out-of-office does there. And how many
-- messages one contact may get in a workspace.

CREATE TABLE rulesets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  permit_duplicates TEXT NOT NULL DEFAULT 'disallow', -- allow, disallow, only_if_inactive
  exclusivity TEXT NOT NULL DEFAULT 'none', -- all_sequences, exclusive_sequences, none
  touched_interval INTEGER, -- seconds
  email_opt_out_action TEXT NOT NULL DEFAULT 'disallow', -- allow, disallow
  auto_resume INTEGER NOT NULL DEFAULT 1,
  auto_resume_in INTEGER, -- seconds
  auto_resume_expires_in INTEGER, -- seconds
  ooo_extraction INTEGER NOT NULL DEFAULT 1,
  include_unsubscribe_links INTEGER NOT NULL DEFAULT 0,
  details TEXT NOT NULL DEFAULT '{}', -- what is only kept and shown (JSON)
  owner_id INTEGER,
  creator_id INTEGER,
  updater_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX rulesets_by_workspace ON rulesets (workspace_id);
CREATE INDEX sequences_by_ruleset ON sequences (ruleset_id) WHERE ruleset_id IS NOT NULL;
-- No sequence is made with a ruleset that has just been deleted.
CREATE TRIGGER sequences_with_ruleset BEFORE INSERT ON sequences
WHEN new.ruleset_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM rulesets WHERE id = new.ruleset_id AND workspace_id = new.workspace_id) BEGIN
  SELECT RAISE(ABORT, 'the ruleset is not there');
END;

-- At most so many messages to one contact in so many seconds; both null: as many as come.
ALTER TABLE workspaces ADD COLUMN cap_messages INTEGER;
ALTER TABLE workspaces ADD COLUMN cap_seconds INTEGER;

-- Of a workspace with a cap: the messages that count to it, by when they were last attempted.
CREATE TABLE slots (
  contact_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  past_at INTEGER NOT NULL, -- when it no longer counts
  PRIMARY KEY (contact_id, message_id)
) WITHOUT ROWID;
CREATE INDEX slots_past ON slots (past_at);
