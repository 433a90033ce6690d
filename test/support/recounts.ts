/** Knows the questions that count again, from the rows themselves, what triggers and snapshots have counted: each pair must agree. */

const ARRIVED = "(status = 'sent' OR delivered_at IS NOT NULL OR opened_at IS NOT NULL OR clicked_at IS NOT NULL)";
const SUMS = `COUNT(*) AS scheduled, SUM(${ARRIVED}) AS delivered, SUM(opened_at IS NOT NULL OR clicked_at IS NOT NULL) AS opened,
  SUM(clicked_at IS NOT NULL) AS clicked, SUM(bounced_at IS NOT NULL) AS bounced, SUM(status = 'failed') AS failed,
  SUM(replied_at IS NOT NULL AND reply_sentiment = 'positive') AS positive,
  SUM(replied_at IS NOT NULL AND reply_sentiment = 'neutral') AS neutral,
  SUM(replied_at IS NOT NULL AND reply_sentiment = 'negative') AS negative, SUM(unsubscribed_at IS NOT NULL) AS optedOut`;

const DAYS = ["enrolled", "sent", "opened", "clicked", "replied", "exited", "completed", "failed"];

/** Whatever is counted of messages, and what the ledger says. */
export const TALLIES: [counted: string, recounted: string][] = [
  [
    `SELECT sequence_id, step_id, sequence_template_id, template_id,
      retrying + sent + unconfirmed + failed + cancelled AS scheduled, delivered, opened, clicked, bounced, failed,
      positive, neutral, negative, opted_out AS optedOut FROM tallies ORDER BY 1, 2, 3, 4`,
    `SELECT sequence_id, step_id, COALESCE(sequence_template_id, 0) AS sequence_template_id,
      COALESCE(template_id, 0) AS template_id, ${SUMS} FROM messages GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
  ],
  [
    "SELECT sequence_id, SUM(contacted) AS n FROM tallies GROUP BY 1 ORDER BY 1",
    `SELECT sequence_id, COUNT(DISTINCT CASE WHEN ${ARRIVED} THEN contact_id END) AS n FROM messages GROUP BY 1 ORDER BY 1`,
  ],
  [
    "SELECT sequence_id, n FROM counts WHERE what = 'contacts_replied' ORDER BY 1",
    `SELECT sequence_id, COUNT(DISTINCT contact_id) AS n FROM enrollments WHERE replied_at IS NOT NULL GROUP BY 1 ORDER BY 1`,
  ],
  [
    `SELECT id, schedule_count AS scheduled, deliver_count AS delivered, open_count AS opened,
      click_count AS clicked, bounce_count AS bounced, failure_count AS failed, positive_reply_count AS positive,
      neutral_reply_count AS neutral, negative_reply_count AS negative, opt_out_count AS optedOut
    FROM enrollments e WHERE EXISTS (SELECT 1 FROM messages WHERE enrollment_id = e.id) ORDER BY 1`,
    `SELECT enrollment_id AS id, ${SUMS} FROM messages GROUP BY 1 ORDER BY 1`,
  ],
  [
    `SELECT sequence_id, day, SUM(enrolled) AS enrolled, SUM(sent) AS sent, SUM(opened) AS opened, SUM(clicked) AS clicked,
      SUM(replied) AS replied, SUM(exited) AS exited, SUM(completed) AS completed, SUM(failed) AS failed
    FROM (
      SELECT sequence_id, day, enrolled, sent, opened, clicked, replied, exited, completed, failed FROM days
      UNION ALL SELECT sequence_id, day, 0, day_sent, day_opened, day_clicked, day_replied, 0, 0, 0 FROM tallies
      UNION ALL SELECT sequence_id, day, today * (what = 'ACTIVE'), 0, 0, 0, 0, today * (what = 'EXITED'),
        today * (what = 'COMPLETED'), today * (what = 'FAILED') FROM counts)
    GROUP BY 1, 2 HAVING ${DAYS.map((name) => `SUM(${name}) <> 0`).join(" OR ")} ORDER BY 1, 2`,
    `SELECT sequence_id, day, ${DAYS.map((name) => `SUM(what = '${name}') AS ${name}`).join(", ")} FROM (
      SELECT sequence_id, enrolled_at / 86400000 AS day, 'enrolled' AS what FROM enrollments
      UNION ALL SELECT sequence_id, ended_at / 86400000, lower(standing) FROM enrollments WHERE standing <> 'ACTIVE'
      UNION ALL SELECT sequence_id, at / 86400000, 'sent' FROM messages WHERE ${ARRIVED}
      UNION ALL SELECT sequence_id, MIN(COALESCE(opened_at, clicked_at), COALESCE(clicked_at, opened_at)) / 86400000, 'opened'
        FROM messages WHERE opened_at IS NOT NULL OR clicked_at IS NOT NULL
      UNION ALL SELECT sequence_id, f.value / 86400000, CASE f.key WHEN 0 THEN 'clicked' ELSE 'replied' END
        FROM messages CROSS JOIN json_each(json_array(clicked_at, replied_at)) f WHERE f.value IS NOT NULL)
    GROUP BY 1, 2 ORDER BY 1, 2`,
  ],
  [
    `SELECT sequence_id, f.key AS name, f.value AS n FROM funnels CROSS JOIN json_each(counted) f
    WHERE f.key NOT LIKE '%/ran' ORDER BY 1, 2`,
    `SELECT sequence_id, placed_at || '/' || placed_as AS name, COUNT(*) AS n FROM enrollments
    WHERE placed_as IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
  ],
  [
    `SELECT sequence_id, COALESCE(SUM(f.value), 0) AS n FROM funnels CROSS JOIN json_each(counted) f
    WHERE f.key LIKE '%/ran' GROUP BY 1 ORDER BY 1`,
    `SELECT sequence_id, SUM(ran) AS n FROM enrollments GROUP BY 1 HAVING SUM(ran) > 0 ORDER BY 1`,
  ],
  [
    `SELECT sequence_id, step_id, SUM(reply_time) AS time, SUM((SELECT SUM(value) FROM json_each(reply_times))) AS n FROM tallies
    WHERE reply_times <> '{}' GROUP BY 1, 2 ORDER BY 1, 2`,
    `SELECT sequence_id, step_id, SUM(replied_at - at) AS time, COUNT(*) AS n FROM messages WHERE replied_at IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2`,
  ],
];
