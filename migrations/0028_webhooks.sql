-- Endpoints that customers want to be told at, and what each is told. Deliveries are numbered without a gap by endpoint.
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INTEGER NOT NULL,
  url TEXT NOT NULL,
  description TEXT,
  dialect TEXT NOT NULL,
  events TEXT NOT NULL, -- as they were asked for (JSON)
  wants TEXT NOT NULL, -- every type that they stand for (JSON)
  sealed TEXT NOT NULL,
  previous_sealed TEXT,
  previous_until INTEGER, -- wall
  paused_at INTEGER,
  pause_reason TEXT,
  -- The number of the newest, and how many of those kept are in each state.
  last_number INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  -- As many may wait; what happens beyond that is only counted.
  capacity INTEGER NOT NULL DEFAULT 100000,
  missed INTEGER NOT NULL DEFAULT 0,
  -- Rounds of calls since one was answered well, and since when (wall).
  failures INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  -- When something is due (wall), 0: at once; and until when somebody is at it.
  next_at INTEGER,
  lease_until INTEGER NOT NULL DEFAULT 0,
  tidied_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
);
CREATE INDEX webhooks_by_workspace ON webhooks (workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX webhooks_by_turn ON webhooks (next_at) WHERE next_at IS NOT NULL AND paused_at IS NULL AND deleted_at IS NULL;
CREATE INDEX webhooks_by_tidied ON webhooks (tidied_at);

-- Nobody's words are in here but in what endpoints have answered and in errors: who a contact is, is looked up when he is told of.
CREATE TABLE webhook_deliveries (
  webhook_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  workspace_id INTEGER NOT NULL,
  contact_id INTEGER,
  event TEXT NOT NULL, -- its id, by which a receiver knows a repeat
  type TEXT NOT NULL,
  at INTEGER NOT NULL,
  data TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'waiting',
  due_at INTEGER, -- wall, while it is waiting
  tries INTEGER NOT NULL DEFAULT 0,
  tried_at INTEGER, -- wall: the first time
  attempts TEXT NOT NULL DEFAULT '[]', -- the last of them
  PRIMARY KEY (webhook_id, number)
) WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_turn ON webhook_deliveries (webhook_id, status, due_at);
CREATE INDEX webhook_deliveries_about ON webhook_deliveries (contact_id) WHERE contact_id IS NOT NULL;

-- What is written in here is told to every endpoint that wants to hear it, in the transaction that makes it so. Whatever writes
-- a journey, a message or a sequence thus tells of it once, and nothing where nobody listens: the triggers look for that first.
CREATE VIEW happenings AS
  SELECT 0 AS workspace_id, 0 AS contact_id, '' AS event, '' AS type, 0 AS at, '' AS data WHERE 0;
CREATE TRIGGER happenings_told INSTEAD OF INSERT ON happenings BEGIN
  INSERT INTO webhook_deliveries (webhook_id, number, workspace_id, contact_id, event, type, at, data, due_at)
  SELECT w.id, w.last_number + 1, w.workspace_id, new.contact_id, new.event, new.type, new.at, new.data, 0
  FROM webhooks w WHERE w.workspace_id = new.workspace_id AND w.deleted_at IS NULL
    AND instr(w.wants, '"' || new.type || '"') > 0 AND w.waiting < w.capacity;
  -- One that does not answer is asked again when it is time for that.
  UPDATE webhooks SET last_number = last_number + 1, missed = missed + (waiting >= capacity),
    waiting = waiting + (waiting < capacity), next_at = CASE WHEN failures > 0 THEN COALESCE(next_at, 0) ELSE 0 END
  WHERE workspace_id = new.workspace_id AND deleted_at IS NULL AND instr(wants, '"' || new.type || '"') > 0;
END;

-- A journey as it is told of.
CREATE VIEW journeys_told AS
  SELECT e.id, json_object('enrollment', e.id, 'sequence', e.sequence_id, 'contact', e.contact_id, 'platform', e.platform,
    'standing', e.standing, 'state', e.state, 'why', e.why, 'error', e.error, 'step', e.last_step_id,
    'enrolledAt', e.enrolled_at, 'endedAt', e.ended_at, 'repliedAt', e.replied_at) AS data
  FROM enrollments e;

-- Who is being moved has come when his move is made.
CREATE TRIGGER enrollments_begun_told AFTER INSERT ON enrollments
WHEN new.why IS NOT 'move' AND EXISTS (SELECT 1 FROM webhooks WHERE workspace_id = new.workspace_id AND deleted_at IS NULL)
BEGIN
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_' || new.id || '_enrolled', 'enrollment.enrolled',
    new.enrolled_at, data FROM journeys_told WHERE id = new.id;
END;

CREATE TRIGGER enrollments_told AFTER UPDATE OF standing, state, why, replied_at ON enrollments
WHEN (old.standing <> new.standing OR (old.state = 'paused') <> (new.state = 'paused')
    OR (old.why IS 'move' AND old.state = 'pending') > (new.why IS 'move' AND new.state = 'pending')
    OR (old.replied_at IS NULL AND new.replied_at IS NOT NULL)
    OR COALESCE(new.positive_reply_count, 0) + COALESCE(new.neutral_reply_count, 0) + COALESCE(new.negative_reply_count, 0)
      > COALESCE(old.positive_reply_count, 0) + COALESCE(old.neutral_reply_count, 0) + COALESCE(old.negative_reply_count, 0))
  AND EXISTS (SELECT 1 FROM webhooks WHERE workspace_id = new.workspace_id AND deleted_at IS NULL)
BEGIN
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_' || new.id || '_enrolled', 'enrollment.enrolled',
    new.enrolled_at, data FROM journeys_told
    WHERE id = new.id AND old.why IS 'move' AND old.state = 'pending' AND new.version > 0;
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_' || new.id || '_' || new.version || '_replied',
    'enrollment.replied', COALESCE(new.updated_at, new.replied_at), data FROM journeys_told
    WHERE id = new.id AND new.replied_at IS NOT NULL AND (old.replied_at IS NULL
      OR COALESCE(new.positive_reply_count, 0) + COALESCE(new.neutral_reply_count, 0) + COALESCE(new.negative_reply_count, 0)
      > COALESCE(old.positive_reply_count, 0) + COALESCE(old.neutral_reply_count, 0) + COALESCE(old.negative_reply_count, 0));
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_' || new.id || '_' || new.version || '_' || what,
    'enrollment.' || what, COALESCE(new.ended_at, new.state_changed_at, new.updated_at, new.enrolled_at), data
    FROM journeys_told CROSS JOIN (SELECT CASE
      WHEN old.standing <> new.standing THEN CASE new.standing
        WHEN 'COMPLETED' THEN 'completed' WHEN 'EXITED' THEN 'exited' WHEN 'FAILED' THEN 'failed' ELSE 'resumed' END
      WHEN new.standing <> 'ACTIVE' THEN NULL
      WHEN old.state <> 'paused' AND new.state = 'paused' THEN 'paused'
      WHEN old.state = 'paused' AND new.state <> 'paused' THEN 'resumed' END AS what)
    WHERE id = new.id AND what IS NOT NULL;
END;

-- A message as it is told of.
CREATE VIEW messages_told AS
  SELECT m.id, json_object('message', m.id, 'enrollment', m.enrollment_id, 'sequence', m.sequence_id, 'contact', m.contact_id,
    'step', m.step_id, 'platform', m.platform, 'status', m.status, 'attempts', m.attempts, 'error', m.error, 'at', m.at,
    'clicks', m.clicks) AS data
  FROM messages m;

CREATE TRIGGER messages_made_told AFTER INSERT ON messages
WHEN new.status IN ('sent', 'failed')
  AND EXISTS (SELECT 1 FROM webhooks WHERE workspace_id = new.workspace_id AND deleted_at IS NULL)
BEGIN
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_m' || new.id || '_' || new.status
    || CASE new.status WHEN 'failed' THEN '_' || new.fact ELSE '' END, 'message.' || new.status, new.at, data
    FROM messages_told WHERE id = new.id;
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_m' || new.id || '_step_sent', 'enrollment.step_sent', new.at,
    json_patch(j.data, json_object('message', new.id, 'step', new.step_id))
    FROM journeys_told j WHERE j.id = new.enrollment_id AND new.status = 'sent';
END;

CREATE TRIGGER messages_told_of AFTER UPDATE OF status, unsubscribed_at, delivered_at ON messages
WHEN EXISTS (SELECT 1 FROM webhooks WHERE workspace_id = new.workspace_id AND deleted_at IS NULL)
BEGIN
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_m' || new.id || '_' || new.status
    || CASE new.status WHEN 'failed' THEN '_' || new.fact ELSE '' END, 'message.' || new.status, new.at, data
    FROM messages_told WHERE id = new.id AND old.status <> new.status AND new.status IN ('sent', 'failed');
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id, 'evt_m' || new.id || '_step_sent', 'enrollment.step_sent', new.at,
    json_patch(j.data, json_object('message', new.id, 'step', new.step_id))
    FROM journeys_told j WHERE j.id = new.enrollment_id AND old.status <> new.status AND new.status = 'sent';
  INSERT INTO happenings SELECT new.workspace_id, new.contact_id,
    'evt_m' || new.id || '_' || (f.value->>0) || CASE WHEN f.value->>3 > 1 THEN '_' || (f.value->>3) ELSE '' END,
    'message.' || (f.value->>0), COALESCE(new.updated_at, f.value->>2), json_patch(t.data, json_object('happenedAt', f.value->>2))
    FROM messages_told t CROSS JOIN json_each(json_array(
      json_array('delivered', old.delivered_at, new.delivered_at, 1),
      json_array('opened', old.opened_at, new.opened_at, 1),
      json_array('clicked', CASE WHEN COALESCE(new.clicks, 1) <= COALESCE(old.clicks, 1) THEN old.clicked_at END, new.clicked_at,
        COALESCE(new.clicks, 1)),
      json_array('bounced', old.bounced_at, new.bounced_at, 1),
      json_array('complained', old.complained_at, new.complained_at, 1),
      json_array('replied', old.replied_at, new.replied_at, 1),
      json_array('unsubscribed', old.unsubscribed_at, new.unsubscribed_at, 1))) f
    WHERE t.id = new.id AND f.value->>1 IS NULL AND f.value->>2 IS NOT NULL;
END;

-- A sequence's own name is told, unless it is its owner's alone.
CREATE VIEW sequences_told AS
  SELECT s.id, json_object('sequence', s.id, 'status', s.status,
    'name', CASE WHEN s.share_type <> 'private' THEN s.name END) AS data
  FROM sequences s;

CREATE TRIGGER sequences_made_told AFTER INSERT ON sequences
WHEN EXISTS (SELECT 1 FROM webhooks WHERE workspace_id = new.workspace_id AND deleted_at IS NULL)
BEGIN
  INSERT INTO happenings SELECT new.workspace_id, NULL, 'evt_s' || new.id || '_created', 'sequence.created', new.created_at, data
    FROM sequences_told WHERE id = new.id;
  INSERT INTO happenings SELECT new.workspace_id, NULL, 'evt_s' || new.id || '_0_activated', 'sequence.activated', new.created_at,
    data FROM sequences_told WHERE id = new.id AND new.status = 'ACTIVE';
END;

-- What only bumps its revision is no edit of it.
CREATE TRIGGER sequences_edited_told AFTER UPDATE OF edit ON sequences
WHEN old.edit <> new.edit AND EXISTS (SELECT 1 FROM webhooks WHERE workspace_id = new.workspace_id AND deleted_at IS NULL)
BEGIN
  INSERT INTO happenings SELECT new.workspace_id, NULL, 'evt_s' || new.id || '_' || new.revision || '_' || what, 'sequence.' || what,
    new.updated_at, data
    FROM sequences_told CROSS JOIN (SELECT CASE WHEN old.status = new.status THEN 'updated' ELSE CASE new.status
      WHEN 'ACTIVE' THEN 'activated' WHEN 'PAUSED' THEN 'paused' WHEN 'ARCHIVED' THEN 'archived' ELSE 'updated' END END AS what)
    WHERE id = new.id;
END;
