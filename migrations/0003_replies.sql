-- What a reply does: how long its pause lasts (seconds), and what one by somebody else in the thread does.
ALTER TABLE sequences ADD COLUMN primary_reply_pause INTEGER NOT NULL DEFAULT 172800;
ALTER TABLE sequences ADD COLUMN secondary_reply_action TEXT; -- null: the same as the contact's own
ALTER TABLE sequences ADD COLUMN secondary_reply_pause INTEGER NOT NULL DEFAULT 172800;

-- positive, neutral or negative; null of automatic replies. Counted by sequence when the reply is taken in.
ALTER TABLE replies ADD COLUMN sentiment TEXT;
