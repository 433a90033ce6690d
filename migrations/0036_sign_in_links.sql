-- Links that sign one browser in as a user, once; a followed one is gone. Only their digests are kept. All times are wall time.
CREATE TABLE sign_in_links (
  digest TEXT PRIMARY KEY,
  workspace_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);
