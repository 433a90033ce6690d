-- What has not changed since it was made is found by when that was: a message that went out at once has three indexes.
DROP INDEX messages_by_change;
CREATE INDEX messages_by_change ON messages (workspace_id, updated_at) WHERE updated_at IS NOT created_at;

-- Those of a sequence are found by their standing too, and merged from all four.
DROP INDEX enrollments_by_sequence;
