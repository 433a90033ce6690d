-- How many links of a mail people have clicked, and when first a machine opened it, or clicked in it.
ALTER TABLE messages ADD COLUMN clicks INTEGER;
ALTER TABLE messages ADD COLUMN machine_opened_at INTEGER;
ALTER TABLE messages ADD COLUMN machine_clicked_at INTEGER;
