-- What comes back: mails that answer, reports of mail servers and providers.

-- What a mail was about, and the message of ours that it answers, where its door has made sure of that.
ALTER TABLE replies ADD COLUMN subject TEXT;
ALTER TABLE replies ADD COLUMN answers INTEGER;

-- Whose mail comes to an address, in whichever workspace: as it is compared.
CREATE INDEX mailboxes_by_address ON mailboxes (email_key) WHERE deleted_at IS NULL;
CREATE INDEX mailboxes_by_reply_to ON mailboxes (lower(trim(reply_to))) WHERE deleted_at IS NULL AND reply_to IS NOT NULL;
CREATE INDEX channels_by_sender ON channels (lower(json_extract(sender, '$.address'))) WHERE sender IS NOT NULL;
CREATE INDEX channels_by_reply_to ON channels (lower(json_extract(sender, '$.replyTo'))) WHERE sender IS NOT NULL;

-- Whom a reply ends besides its writer: contact (nobody), domain (who is at the same company).
ALTER TABLE sequences ADD COLUMN reply_scope TEXT NOT NULL DEFAULT 'contact';
CREATE INDEX addresses_by_domain ON addresses (workspace_id, substr(key, instr(key, '@') + 1), contact_id) WHERE platform = 'EMAIL';

-- By what the news of providers are signed; several, so that one can take the other's place. Kept encrypted.
CREATE TABLE hook_secrets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX hook_secrets_by_workspace ON hook_secrets (workspace_id);
