/** Knows the questions that count again, from the rows themselves, what triggers and snapshots have counted: each pair must agree. */

const ARRIVED = "(status = 'sent' OR delivered_at IS NOT NULL OR opened_at IS NOT NULL OR clicked_at IS NOT NULL)";
const SUMS = `COUNT(*) AS scheduled, SUM(${ARRIVED}) AS delivered, SUM(opened_at IS NOT NULL OR clicked_at IS NOT NULL) AS opened,
  SUM(clicked_at IS NOT NULL) AS clicked, SUM(bounced_at IS NOT NULL) AS bounced, SUM(status = 'failed') AS failed,
  SUM(replied_at IS NOT NULL AND reply_sentiment = 'positive') AS positive,
  SUM(replied_at IS NOT NULL AND reply_sentiment = 'neutral') AS neutral,
  SUM(replied_at IS NOT NULL AND reply_sentiment = 'negative') AS negative, SUM(unsubscribed_at IS NOT NULL) AS optedOut`;

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
];
