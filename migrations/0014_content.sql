-- What lists of templates are read along, and which templates are gone: an archived one is still shown, and may come back.

ALTER TABLE templates ADD COLUMN deleted_at INTEGER;
UPDATE templates SET deleted_at = archived_at WHERE archived_at IS NOT NULL;
DROP INDEX templates_shown;
CREATE INDEX templates_by_workspace ON templates (workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX templates_by_change ON templates (workspace_id, updated_at) WHERE deleted_at IS NULL;
CREATE INDEX sequence_templates_by_workspace ON sequence_templates (workspace_id);
