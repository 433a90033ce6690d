/** Mails that come in by the runtime's own door: whose they are, what they do, and what they cannot do. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { mailIn as bare, corpus, type Delivery, namesOf, replies } from "../support/mailing";
import {
  api,
  begin,
  db,
  deliver,
  enroll,
  HOUR,
  historyOf,
  idOf,
  makeContact,
  makeDrip,
  OTHER_KEY,
  pass,
  rowOf,
  START,
  settle,
  sweep,
  travel,
} from "../support/world";

beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
});

const ADA = "ada@acme.example";

/** Ada, who has had the first of two mails. */
async function underWay(more: Record<string, unknown> = {}, address = ADA) {
  const { sequence } = await makeDrip([0, 24], more);
  const contact = await makeContact({ platform: "EMAIL", username: address });
  const enrollment = await enroll(sequence, contact, "EMAIL");
  await settle();
  return { sequence, contact, enrollment, names: await namesOf(enrollment) };
}

/** A mailbox of a workspace, as a row: what makes one is another's business. */
async function mailbox(email: string, workspace = 1, replyTo: string | null = null): Promise<void> {
  await db()
    .prepare(
      `INSERT INTO mailboxes (workspace_id, user_id, email, email_key, reply_to, created_at, updated_at)
       VALUES (?, 1, ?, ?, ?, ?, ?)`,
    )
    .bind(workspace, email, email.toLowerCase(), replyTo, START, START)
    .run();
}

/** Takes a mail in, and lets everything follow. */
async function mailIn(raw: Uint8Array | string, delivery?: Delivery): Promise<string | null> {
  const refusal = await bare(raw, delivery);
  await settle();
  return refusal;
}

async function blocked(contact: string): Promise<boolean> {
  const sql = "SELECT MAX(blocked) AS reason FROM addresses WHERE contact_id = ? AND platform = 'EMAIL'";
  const at = await db().prepare(sql).bind(idOf(contact)).first("reason");
  return at !== null;
}

const simple = (headers: string, text = "Yes") =>
  `From: Ada <${ADA}>\nMessage-ID: <m@acme.example>\n${headers}\n\n${text}\n`;

describe("whose a mail is", () => {
  test("the token of the address it came to -> ends the journey that it names", async () => {
    const { enrollment, names } = await underWay();
    expect(await mailIn(corpus("by-sender-alone", names), { to: `reply+${names.token}@in.drip.test` })).toBeNull();
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "replied" });
    const [reply] = await replies();
    expect(reply).toMatchObject({ text: "I write anew.", subject: "A new topic", kind: "human", matched: true });
    expect(reply.answers).toBe(`msg_${names.token.split("-")[1]}`);
  });

  test("an address written in capitals is as good", async () => {
    const { enrollment, names } = await underWay();
    await mailIn(simple(""), { to: `REPLY+${names.token.toUpperCase()}@IN.DRIP.TEST` });
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });

  test.each(["gmail-de", "other-references", "outlook-desktop-html"])("the id in the headers of %s", async (file) => {
    const { enrollment, names } = await underWay();
    await mailIn(corpus(file, names));
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });

  test("neither of them -> the workspace of the mailbox, and its contact of that address", async () => {
    const { enrollment, names } = await underWay();
    await mailbox("Bob@sender.example");
    await mailIn(corpus("by-sender-alone", names), { to: "bob@SENDER.example" });
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });

  test("the reply address of a mailbox, and the sender of a channel, are as good", async () => {
    const { names } = await underWay({ exitOnReply: false });
    await mailbox("bob@sender.example", 1, " Answers@sender.example");
    const sender = JSON.stringify({ address: "Team@sender.example", name: null, replyTo: "Desk@sender.example" });
    const channel =
      "INSERT INTO channels (workspace_id, platform, kind, sender, created_at, updated_at) VALUES (1, 'EMAIL', 'outbox', ?, 0, 0)";
    await db().prepare(channel).bind(sender).run();
    const at = ["answers@sender.example", "team@sender.example", "desk@sender.example"];
    for (const [i, to] of at.entries()) {
      await mailIn(simple(`Subject: ${i}`).replace("<m@", `<m${i}@`), { to });
    }
    expect((await replies()).map(({ subject, outcome }) => [subject, outcome])).toEqual([
      ["2", "matched"],
      ["1", "matched"],
      ["0", "matched"],
    ]);
    expect(names.id).not.toBe("");
  });

  test("a mailbox of two workspaces -> of each that has written to the sender", async () => {
    const { enrollment, names } = await underWay();
    await mailbox("bob@sender.example");
    await mailbox("bob@sender.example", 2);
    await mailIn(corpus("by-sender-alone", names));
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
    expect(await replies(OTHER_KEY)).toEqual([]);
    await api("POST", "/v1/contacts", { platform: "EMAIL", username: ADA }, OTHER_KEY);
    await mailIn(simple("").replace("<m@", "<m0@")); // to know somebody is not enough
    expect(await replies(OTHER_KEY)).toEqual([]);
    await db()
      .prepare(
        `INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, enrolled_at,
           last_sent_at, updated_at, state_changed_at)
         SELECT 2, 1, id, 'EMAIL', 'ended', 'COMPLETED', 0, 1, 0, 0 FROM contacts WHERE workspace_id = 2`,
      )
      .run();
    await mailIn(simple(""));
    expect(await replies(OTHER_KEY)).toHaveLength(1);
    // An id of ours names one workspace, and no other hears of it.
    await mailIn(corpus("gmail-en", names));
    expect(await replies(OTHER_KEY)).toHaveLength(1);
    expect(await replies()).toHaveLength(4);
  });

  test("a stranger -> shown as unmatched where the address is one workspace's alone, and dropped where it is not", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { names } = await underWay();
    await mailbox("bob@sender.example");
    expect(await mailIn(corpus("stranger", names))).toBeNull();
    expect(await replies()).toMatchObject([{ from: "zed@nowhere.example", outcome: "unmatched" }]);
    await mailbox("bob@sender.example", 2);
    expect(await mailIn(simple("", "x").replace(ADA, "zoe@nowhere.example"))).toBeNull();
    expect(await replies()).toHaveLength(1);
    expect(await replies(OTHER_KEY)).toEqual([]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain("nowhere");
  });

  test("nobody's address -> of our own domain refused, of any other dropped", async () => {
    const { enrollment, names } = await underWay();
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const ours = ["reply+nonsense@in.drip.test", "anybody@in.drip.test", `reply+${names.token}x@in.drip.test`];
    for (const to of ours) expect(await mailIn(simple(""), { to })).toBe("There is nobody of this address");
    expect(await mailIn(simple(""), { to: "anybody@elsewhere.example" })).toBeNull();
    expect(await mailIn(simple(""), { to: `reply+${names.token}@elsewhere.example` })).toBeNull();
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    expect(await replies()).toEqual([]);
  });

  test("a colleague who answers in the thread -> a reply by somebody else, as the sequence says", async () => {
    const { enrollment, names } = await underWay({ secondaryReplyAction: "continue" });
    await mailIn(corpus("by-a-colleague", names));
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE", replied_at: null });
    expect(await replies()).toMatchObject([{ from: "cleo@acme.example", matched: true }]);
  });
});

describe("nobody speaks for another", () => {
  test("a token or an id that was altered names nothing: its writer is a stranger", async () => {
    const { enrollment, names } = await underWay();
    const altered = `reply+${names.token.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))}@in.drip.test`;
    expect(await mailIn(corpus("spoofed-token", names), { to: altered })).toBe("There is nobody of this address");
    await mailbox("bob@sender.example");
    await mailIn(corpus("spoofed-id", names));
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    expect(await replies()).toMatchObject([{ from: "mallory@evil.example", outcome: "unmatched", inReplyTo: null }]);
  });

  test("a seal of one journey opens no other, nor the same number in another workspace", async () => {
    const { names } = await underWay();
    const other = await underWay({}, "ben@acme.example");
    const [, message] = other.names.token.split("-");
    const [workspace, , seal] = names.token.split("-");
    const forged = [`${workspace}-${message}-${seal}`, `2-${names.token.split("-")[1]}-${seal}`];
    for (const token of forged) {
      expect(await mailIn(simple(""), { to: `reply+${token}@in.drip.test` })).not.toBeNull();
    }
    await mailIn(simple(`In-Reply-To: <msg_${message}.${seal}@sender.example>`));
    expect(await rowOf(other.enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("who is not from whom he says, as the server found, is nobody's contact", async () => {
    const { enrollment, names } = await underWay();
    await mailbox("bob@sender.example");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await mailIn(corpus("spoofed-sender", names));
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    expect(await replies()).toEqual([]);
  });

  test("a report that pretends to return a mail of ours -> a bounce is noted, and a complaint is not", async () => {
    const { enrollment, contact, names } = await underWay();
    await mailbox("bob@sender.example");
    await mailIn(corpus("dsn-spoofed", names), { from: "" });
    await mailIn(corpus("arf-spoofed", names), { from: "" });
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
    expect(await blocked(contact)).toBe(false);
    expect(await replies()).toMatchObject([{ kind: "soft_bounce", outcome: "ignored" }]);
  });

  test("a report of somebody who was not written to of late changes nothing", async () => {
    const { names } = await underWay();
    const zoe = await makeContact({ platform: "EMAIL", username: "zoe@acme.example" });
    await mailbox("bob@sender.example");
    const text = new TextDecoder().decode(corpus("dsn-by-recipient", names)).replaceAll(ADA, "zoe@acme.example");
    await mailIn(text, { from: "" });
    expect(await blocked(zoe)).toBe(false);
    expect(await replies()).toMatchObject([{ kind: "bounce", outcome: "ignored" }]);
  });
});

describe("what a server reports", () => {
  test.each([
    ["dsn-postfix-unknown", "bob@sender.example"],
    ["dsn-qmail", "bob@sender.example"],
    ["dsn-gmail", "bob@sender.example"],
    ["dsn-by-recipient", "the token"],
  ])("%s to %s -> bounced: the journey fails, and nobody writes to him any more", async (file, to) => {
    const { enrollment, contact, names } = await underWay();
    const token = `bounce+${names.token}@in.drip.test`;
    await mailIn(corpus(file, names), { from: "", to: to === "the token" ? token : to });
    expect(await rowOf(enrollment)).toMatchObject({ why: "bounced", standing: "FAILED" });
    expect(await blocked(contact)).toBe(true);
    const message = (await api("GET", `/v1/messages/msg_${names.token.split("-")[1]}`)).body.message;
    expect(message.bouncedAt).not.toBeNull();
    expect(await replies()).toMatchObject([
      { kind: "bounce", outcome: "matched", from: ADA, enrollmentIds: [enrollment] },
    ]);
  });

  test("by the address alone, of somebody who was written to of late -> blocked too", async () => {
    const { enrollment, contact, names } = await underWay();
    await mailbox("bob@sender.example");
    await mailIn(corpus("dsn-by-recipient", names), { from: "" });
    expect(await rowOf(enrollment)).toMatchObject({ why: "bounced" });
    expect(await blocked(contact)).toBe(true);
  });

  test("of a journey that is over -> he is blocked all the same", async () => {
    const { contact, enrollment, names } = await underWay();
    await pass(24 * HOUR);
    expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
    await mailIn(corpus("dsn-postfix-unknown", names), { from: "" });
    expect(await blocked(contact)).toBe(true);
    expect(await rowOf(enrollment)).toMatchObject({ why: "completed" });
  });

  test.each(["dsn-postfix-full", "dsn-postfix-spam", "dsn-exim"])(
    "%s -> noted once in the history, and nothing more",
    async (file) => {
      const { enrollment, contact, names } = await underWay();
      await mailIn(corpus(file, names), { from: "" });
      await mailIn(corpus(file, names), { from: "" });
      const noted = (await historyOf(enrollment)).filter(({ what }) => what === "reply_ignored");
      expect(noted).toMatchObject([{ reason: expect.stringMatching(/^a bounce that may pass: \d/) }]);
      expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
      expect(await blocked(contact)).toBe(false);
    },
  );

  test.each(["dsn-postfix-delayed", "dsn-delivered", "arf-not-spam"])("%s -> nothing is kept", async (file) => {
    const { enrollment, names } = await underWay();
    expect(await mailIn(corpus(file, names), { from: "" })).toBeNull();
    expect(await replies()).toEqual([]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  });

  test("a complaint -> nobody writes to him any more, in transactional sequences neither", async () => {
    const { enrollment, contact, names } = await underWay({ transactional: true });
    await mailIn(corpus("arf-abuse", names), { from: "" });
    expect(await blocked(contact)).toBe(true);
    expect(await rowOf(enrollment)).toMatchObject({ state: "ended", why: "bounced" });
    const message = (await api("GET", `/v1/messages/msg_${names.token.split("-")[1]}`)).body.message;
    expect(message.complainedAt).not.toBeNull();
  });
});

describe("what a person or a program writes", () => {
  test.each(["optout-stop-fr", "optout-mailto"])("%s -> opted out of all", async (file) => {
    const { enrollment, contact, names } = await underWay();
    const other = await enroll((await makeDrip([5])).sequence, contact, "EMAIL");
    const to = file === "optout-mailto" ? `unsubscribe+${names.token}@in.drip.test` : "bob@sender.example";
    await mailIn(corpus(file, names), { to });
    for (const one of [enrollment, other]) expect(await rowOf(one)).toMatchObject({ why: "opted_out" });
    const stopped = db().prepare("SELECT unsubscribed_at FROM messages WHERE id = ?").bind(names.token.split("-")[1]);
    expect(await stopped.first("unsubscribed_at")).not.toBeNull();
  });

  test("an out-of-office -> pauses until the day that it names, where a ruleset asks for that", async () => {
    const ruleset = { name: "Away", autoResumeOotoProspects: true, ootoExtractionEnabled: true };
    const { body } = await api("POST", "/v1/rulesets", ruleset);
    const { enrollment, names } = await underWay({ rulesetId: body.ruleset?.id });
    await mailIn(corpus("ooo-it", names));
    expect(await replies()).toMatchObject([{ kind: "out_of_office" }]);
    expect(await rowOf(enrollment)).toMatchObject({ state: "paused", why: "out_of_office" });
    expect((await rowOf(enrollment)).wake_by).toBe(Date.UTC(2040, 0, 16, 9));
  });

  test.each(["auto-ticket", "auto-null-sender", "calendar-accepted"])("%s -> ignored", async (file) => {
    const { enrollment, names } = await underWay();
    await mailbox("bob@sender.example");
    await mailIn(corpus(file, names), { from: file === "auto-null-sender" ? "" : ADA });
    expect(await replies()).toMatchObject([{ kind: "automatic", outcome: "ignored" }]);
    expect(await rowOf(enrollment)).toMatchObject({ standing: "ACTIVE" });
  });
});

describe("each is taken in once, and none is lost", () => {
  test("the same mail three times -> one reply", async () => {
    const { enrollment, names } = await underWay({ exitOnReply: false });
    for (const file of ["gmail-en", "gmail-en", "no-id", "no-id"]) {
      travel(1000);
      await bare(corpus(file, names));
    }
    await settle();
    expect(await replies()).toHaveLength(2);
    expect((await historyOf(enrollment)).filter(({ what }) => what === "replied")).toHaveLength(2);
  });

  test("D1 is out of reach -> by its token, the queue alone takes it", async () => {
    const { enrollment, names } = await underWay();
    faults.failSql = /./;
    await bare(corpus("gmail-en", names), { to: `reply+${names.token}@in.drip.test` });
    expect(faults.letters).toHaveLength(1);
    faults.failSql = null;
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  });

  test("D1 is out of reach, and only it knows whose it is -> to be sent again", async () => {
    const { names } = await underWay();
    faults.failSql = /./;
    await expect(bare(corpus("gmail-en", names))).rejects.toThrow();
    expect(faults.letters).toEqual([]);
  });

  test("the queue is out of reach -> written down, and the sweep brings it with all that the door knew", async () => {
    const { enrollment, names } = await underWay();
    faults.queuesDown.add("replies");
    await bare(corpus("dsn-qmail", names), { from: "" });
    faults.queuesDown.clear();
    travel(60_000);
    await sweep();
    await settle();
    expect(await rowOf(enrollment)).toMatchObject({ why: "bounced" });
  });

  test("both are out of reach -> to be sent again", async () => {
    const { names } = await underWay();
    faults.failSql = /./;
    faults.queuesDown.add("replies");
    await expect(bare(corpus("gmail-en", names), { to: `reply+${names.token}@in.drip.test` })).rejects.toThrow();
  });

  test("a report that is cut off behind the block -> done when it comes again", async () => {
    const { enrollment, contact, names } = await underWay();
    await bare(corpus("dsn-qmail", names), { from: "" });
    faults.failSql = /update "replies" set "outcome"/i;
    await deliver(faults.letters.splice(0));
    faults.failSql = null;
    await settle();
    expect(await blocked(contact)).toBe(true);
    expect(await replies()).toMatchObject([{ outcome: "matched", enrollmentIds: [enrollment] }]);
  });
});

test("whose a mail is, is found by indexes, however many mailboxes, channels and contacts there are", async () => {
  const { names } = await underWay();
  await mailbox("bob@sender.example");
  const fill = (sql: string) =>
    db().prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) ${sql}`);
  const sender = `'{"address":"t' || i || '@x.example","replyTo":"r' || i || '@x.example"}'`;
  await db().batch([
    fill(`INSERT INTO mailboxes (workspace_id, user_id, email, email_key, reply_to, created_at, updated_at)
          SELECT i, 1, 'm' || i, 'm' || i, 'a' || i, 0, 0 FROM n`),
    fill(`INSERT INTO channels (workspace_id, platform, kind, sender, created_at, updated_at)
          SELECT 1000 + i, 'EMAIL', 'outbox', ${sender}, 0, 0 FROM n`),
    fill(`INSERT INTO addresses (workspace_id, platform, key, contact_id, address)
          SELECT 1, 'EMAIL', 'p' || i || '@y.example', 900000 + i, 'x' FROM n`),
  ]);
  resetCounts();
  await bare(corpus("by-sender-alone", names));
  expect(faults.rowsRead).toBeLessThan(30);
  expect(await replies()).toHaveLength(1);
});

describe("size", () => {
  test("a mail larger than any may be is refused unread", async () => {
    const { names } = await underWay();
    expect(await mailIn(corpus("gmail-en", names), { size: 25 * 1024 * 1024 + 1 })).toBe("The message is too large");
    expect(await replies()).toEqual([]);
  });

  test("of a large one its words are read, and nothing that is attached", async () => {
    const { enrollment, names } = await underWay();
    const head = `From: ${ADA}\nMessage-ID: <big@acme.example>\nIn-Reply-To: <${names.id}>\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee attached.\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n`;
    await mailIn(`${head}${"QUJD".repeat(2_500_000)}\n--b--\n`);
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
    expect(await replies()).toMatchObject([{ text: "See attached." }]);
  });

  test("of a long one, what a message on the queue can hold", async () => {
    const { names } = await underWay();
    const head = `From: ${ADA}\nSubject: ${"ü".repeat(9000)}\nAuto-Submitted: ${"x".repeat(9000)}\nMessage-ID: <${"l".repeat(9000)}@acme.example>\nIn-Reply-To: <${names.id}>\n\n`;
    await bare(`${head}${"日本".repeat(100_000)}`);
    expect(new TextEncoder().encode(JSON.stringify(faults.letters[0]?.body)).length).toBeLessThan(128_000);
    await settle();
    expect((await replies())[0].text).toHaveLength(20_000);
  });
});

test.each(["malformed-mime", "malformed-truncated", "malformed-nested", "wrong-charset", "unknown-charset", "empty"])(
  "%s -> an answer all the same, with what can be read of it",
  async (file) => {
    const { enrollment, names } = await underWay();
    expect(await mailIn(corpus(file, names))).toBeNull();
    expect(await rowOf(enrollment)).toMatchObject({ why: "replied" });
  },
);
