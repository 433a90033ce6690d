-- What the ledger knows of a mail: its Message-ID, the address it came from, and what was to be seen of it (1 opens, 2 clicks).
ALTER TABLE messages ADD COLUMN mail_id TEXT;
ALTER TABLE messages ADD COLUMN mail_from TEXT;
ALTER TABLE messages ADD COLUMN mail_tracks INTEGER;

-- The message that made somebody opt out, where that is known: by its link alone he takes it back.
ALTER TABLE contacts ADD COLUMN opted_out_by INTEGER;
