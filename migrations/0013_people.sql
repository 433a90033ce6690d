-- What people write about people: stages, mailboxes, categories of content; and in which order somebody's addresses stand.

-- From 0 on, without gaps; those of before stand as they were read.
ALTER TABLE addresses ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE addresses SET position = (
  SELECT COUNT(*) FROM addresses o
  WHERE o.contact_id = addresses.contact_id AND (o.platform, o.key) < (addresses.platform, addresses.key));

CREATE TABLE stages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  color TEXT,
  place INTEGER NOT NULL, -- in the order of stages
  creator_id INTEGER,
  updater_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX stages_by_workspace ON stages (workspace_id);

-- Secrets are not kept here.
CREATE TABLE mailboxes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL, -- the address as it is compared
  details TEXT NOT NULL DEFAULT '{}', -- what is only kept and shown (JSON)
  creator_id INTEGER,
  updater_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE UNIQUE INDEX mailboxes_by_email ON mailboxes (workspace_id, email_key) WHERE deleted_at IS NULL;
CREATE INDEX mailboxes_by_workspace ON mailboxes (workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX mailboxes_by_user ON mailboxes (user_id) WHERE deleted_at IS NULL;

CREATE TABLE categories (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  color TEXT,
  allow_sequences INTEGER NOT NULL DEFAULT 1,
  allow_snippets INTEGER NOT NULL DEFAULT 1,
  allow_templates INTEGER NOT NULL DEFAULT 1,
  creator_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX categories_by_workspace ON categories (workspace_id);

CREATE TABLE memberships (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  category_id INTEGER NOT NULL,
  content_type TEXT NOT NULL, -- sequence, template
  content_id INTEGER NOT NULL,
  creator_id INTEGER,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX memberships_once ON memberships (category_id, content_type, content_id);
CREATE INDEX memberships_by_workspace ON memberships (workspace_id);
CREATE INDEX memberships_by_content ON memberships (content_id);
