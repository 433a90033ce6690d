-- What the ledger knows of a mail: its Message-ID, the address it came from, and what was to be seen of it (1 opens, 2 clicks).
ALTER TABLE messages ADD COLUMN mail_id TEXT;
ALTER TABLE messages ADD COLUMN mail_from TEXT;
ALTER TABLE messages ADD COLUMN mail_tracks INTEGER;
