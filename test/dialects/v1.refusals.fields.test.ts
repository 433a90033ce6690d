import { beforeAll, describe, expect, test } from "vitest";
import { faults } from "../support/faults";
import { api, begin, db, type Json, makeContact, makeDrip, makeMailbox } from "../support/world";

/** One field of one body: what is of the wrong type, what is not allowed, and what is accepted at the edge of that. */
interface Field {
  required?: true;
  wrong: unknown[];
  refused: unknown[];
  accepted: unknown[];
}

const chars = (n: number) => "x".repeat(n);
/** Each of these is one character to people, and two to the machine. */
const emoji = (n: number) => "😀".repeat(n);

const NOT_TEXT = [5, true, [], {}];
const NOT_TEXT_OR_NULL = [...NOT_TEXT, null];
const NOT_BOOLEAN = ["true", 1, null, [], {}];

const label: Field = {
  wrong: NOT_TEXT_OR_NULL,
  refused: ["", "   ", "\n\t", chars(256), emoji(256)],
  accepted: ["x", chars(255), emoji(255), " padded "],
};
const template: Field = {
  wrong: NOT_TEXT_OR_NULL,
  refused: ["", " \n", chars(2001), emoji(2001)],
  accepted: ["x", chars(2000), emoji(2000)],
};
const delay: Field = {
  wrong: ["48", "", 1.5, -0.5, null, true, [], {}],
  refused: [-1, 8761, 1_000_000],
  accepted: [0, 1, 8760],
};
const order = (last: number): Field => ({
  wrong: ["1", 1.5, null, true, [], {}],
  refused: [0, -1, last + 1, 1_000_000],
  accepted: [1, last],
});
const flag: Field = { wrong: NOT_BOOLEAN, refused: [], accepted: [true, false] };
const oneOf = (...names: string[]): Field => ({
  wrong: NOT_TEXT_OR_NULL,
  refused: ["", "BOGUS", names[0]?.toLowerCase() === names[0] ? `${names[0]}!` : names[0]?.toLowerCase()],
  accepted: names,
});
const pause: Field = {
  wrong: ["60", 1.5, null, true, [], {}],
  refused: [-1, 31_622_401],
  accepted: [0, 31_622_400],
};
const action = oneOf("finish", "continue", "pause");
const replying = {
  primaryReplyAction: action,
  primaryReplyPauseDuration: pause,
  secondaryReplyAction: { ...action, wrong: NOT_TEXT, accepted: [...action.accepted, null] },
  secondaryReplyPauseDuration: pause,
  replyScope: oneOf("domain", "contact"),
};
const most: Field = {
  wrong: ["50", 1.5, true, [], {}],
  refused: [0, -1, 1_000_001],
  accepted: [1, 1_000_000, null],
};
const throttle = { throttleCapacity: most, throttleMaxAddsPerDay: most, throttlePaused: flag };
const personal: Field = { wrong: NOT_TEXT, refused: [chars(256)], accepted: [null, "", "Alice", chars(255)] };
/** The id of a schedule, and of none. */
const kept: Field = {
  wrong: [...NOT_TEXT, "", "sched_", "seq_1", "1"],
  refused: ["sched_999999", "sched_abc"],
  accepted: ["{sched}", null],
};
const timing = {
  sequenceType: oneOf("date", "interval"),
  scheduleIntervalType: oneOf("schedule", "calendar"),
  scheduleId: kept,
};
/** Of a mailbox, and of none. */
const sending = {
  useAnyMailbox: flag,
  mailboxIds: {
    wrong: ["mailbox_1", 5, null, {}],
    refused: [["mailbox_999999"], ["{mailbox}", "mailbox_abc"], Array.from({ length: 101 }, () => "{mailbox}")],
    accepted: [["{mailbox}"], []],
  },
  "mailboxIds.0": { wrong: [...NOT_TEXT_OR_NULL, "", "mailbox_", "seq_1"], refused: [], accepted: ["{mailbox}"] },
};
const limit: Field = { wrong: ["50", 1.5, true, [], {}], refused: [0, -1, 1_000_001], accepted: [1, 1_000_000, null] };
const smtp = { kind: "smtp", host: "smtp.example.com" };
const sender: Field = {
  wrong: NOT_TEXT,
  refused: ["", " ", "a\r\nBcc: x@y.example", chars(256)],
  accepted: [null, "Ada", chars(255)],
};
const mailbox: Record<string, Field> = {
  email: {
    wrong: NOT_TEXT_OR_NULL,
    refused: [
      "",
      "nonsense",
      "a@b",
      "a b@example.com",
      "a@example.com\r\nBcc: b@example.com",
      `${chars(255)}@example.com`,
    ],
    accepted: ["{new}@sender.example"],
  },
  name: sender,
  replyTo: { ...sender, refused: ["nonsense", "a@b.example\n"], accepted: [null, "answers@sender.example"] },
  userId: { wrong: [...NOT_TEXT_OR_NULL, "seq_1"], refused: ["user_999999", "user_abc"], accepted: ["user_1"] },
  transport: {
    wrong: ["smtp", 5, true, []],
    refused: [],
    accepted: [
      { ...smtp, username: "me", password: "pw" },
      { kind: "cloudflare" },
      { kind: "resend", apiKey: "k" },
      null,
    ],
  },
  "transport.kind": { wrong: ["pigeon"], refused: [], accepted: ["cloudflare"] },
  dailyLimit: limit,
  rate: { wrong: ["2/60", 5, true, []], refused: [], accepted: [{ messages: 10_000, seconds: 86_400 }, null] },
  "rate.messages": { wrong: ["2", 1.5, null], refused: [], accepted: [] },
  warmup: { wrong: ["5+5", 5, true, []], refused: [], accepted: [{ start: 1, step: 0, since: "2040-01-02" }, null] },
  "warmup.start": { wrong: ["2", 1.5, null], refused: [], accepted: [] },
  timezone: { wrong: NOT_TEXT_OR_NULL, refused: ["", "Berlin", "+01:00"], accepted: ["Asia/Kathmandu", "UTC"] },
};
const timed = {
  scheduleId: kept,
  date: {
    wrong: NOT_TEXT,
    refused: ["", "2040-02-30", "2040-1-1", "2040-01-01T00:00:00Z", "tomorrow"],
    accepted: ["2040-02-29", null],
  },
};
const hours = { day: 1, from: "09:00", to: "17:00" };
const many = (n: number, one: unknown) => Array.from({ length: n }, () => one);
const schedule: Record<string, Field> = {
  name: label,
  timezone: { wrong: NOT_TEXT, refused: ["", "Berlin", "Mars/Base"], accepted: [null, "UTC", "Asia/Kathmandu"] },
  openings: {
    wrong: ["x", 5, null, {}],
    refused: [[], many(101, hours)],
    accepted: [many(100, hours), [{ ...hours, to: "24:00" }]],
  },
  "openings.0": {
    wrong: [5, null, "x", []],
    refused: [{ ...hours, note: 1 }],
    accepted: [],
  },
  holidays: { wrong: ["x", 5, null, {}], refused: [many(367, "2040-12-25")], accepted: [[], many(366, "2040-12-25")] },
  "holidays.0": { wrong: NOT_TEXT_OR_NULL, refused: ["", "2040-02-30", "25.12.2040"], accepted: ["2040-12-25"] },
};

const tag: Field = {
  wrong: NOT_TEXT,
  refused: ["", " \n", chars(101), emoji(101), "a\nb"],
  accepted: ["a", chars(100), emoji(100), ` ${chars(100)} `, null],
};
const address: Field = {
  wrong: NOT_TEXT_OR_NULL,
  refused: ["", "  ", "@", chars(321), "two\nlines", "nul\u0000"],
  accepted: [chars(320), "@someone.new"],
};

const PLATFORMS =
  "TWITTER LINKEDIN INSTAGRAM FACEBOOK BLUESKY THREADS PINTEREST REDDIT TIKTOK YOUTUBE MASTODON SNAPCHAT TELEGRAM GOOGLE_BUSINESS WHATSAPP SMS WEBHOOK".split(
    " ",
  );

const person: Record<string, Field> = {
  username: address,
  displayName: personal,
  firstName: personal,
  lastName: personal,
  platformId: { wrong: NOT_TEXT, refused: ["", chars(256), "a\nb"], accepted: [null, "1", chars(255)] },
  avatarUrl: {
    wrong: NOT_TEXT,
    refused: ["", "nonsense", `https://e.com/${chars(2000)}`],
    accepted: [null, "https://e.com/a"],
  },
  email: {
    wrong: NOT_TEXT,
    refused: ["", "nonsense", "a@b", `${chars(320)}@example.com`],
    accepted: [null, "{new}.b+c@example.com"],
  },
  timezone: {
    wrong: NOT_TEXT,
    refused: ["", "Berlin", "+01:00", "Mars/Base"],
    accepted: [null, "UTC", "Asia/Kathmandu"],
  },
  tags: {
    wrong: ["vip", 5, null, {}],
    refused: [Array.from({ length: 101 }, (_, i) => `${i}`)],
    accepted: [[], ["a"]],
  },
  "tags.0": { ...tag, wrong: NOT_TEXT_OR_NULL, accepted: [chars(100), emoji(100), ` ${chars(100)} `] },
  customFields: {
    wrong: ["gold", 5, null, []],
    refused: [{ a: chars(10_000) }],
    accepted: [{}, { a: [1, "b", null, { c: true }] }],
  },
};

const ROUTES: [method: string, path: string, base: object, fields: Record<string, Field>][] = [
  [
    "POST",
    "/sequences",
    { name: "N" },
    {
      name: { ...label, required: true },
      exitOnReply: flag,
      enrollmentRules: { wrong: ["vip", 5, true, null, []], refused: [], accepted: [{}] },
      reenroll: oneOf("after_exit", "never"),
      ...replying,
      ...throttle,
      ...timing,
      ...sending,
      locked: flag,
      transactional: flag,
      initTag: tag,
    },
  ],
  [
    "PATCH",
    "/sequences/{seq}",
    {},
    {
      name: label,
      status: oneOf("ARCHIVED", "PAUSED", "ACTIVE", "DRAFT"),
      exitOnReply: flag,
      enrollmentRules: { wrong: ["vip", 5, true, null, []], refused: [], accepted: [{}] },
      reenroll: oneOf("never", "after_exit"),
      ...replying,
      ...throttle,
      ...timing,
      ...sending,
      transactional: flag,
      locked: { ...flag, accepted: [true, false] }, // last, so that it is open again
      initTag: tag,
    },
  ],
  [
    "POST",
    "/sequences/{seq}/steps",
    { messageTemplate: "x", delayHours: 0 },
    {
      // The last number first: each step that is accepted makes one more of them.
      stepOrder: { ...order(3), accepted: [3] },
      messageTemplate: { ...template, required: true },
      delayHours: { ...delay, required: true },
      ...timed,
    },
  ],
  [
    "PATCH",
    "/sequences/{two}/steps/{step}",
    {},
    { messageTemplate: template, delayHours: delay, stepOrder: order(2), ...timed },
  ],
  [
    "POST",
    "/schedules",
    { name: "Hours", openings: [hours] },
    { ...schedule, name: { ...label, required: true }, openings: { ...schedule.openings, required: true } as Field },
  ],
  ["PATCH", "/schedules/{sched}", {}, schedule],
  [
    "POST",
    "/mailboxes",
    { email: "{new}@sender.example" },
    { ...mailbox, email: { ...mailbox.email, required: true } as Field },
  ],
  ["PATCH", "/mailboxes/{mailbox}", {}, mailbox],
  [
    "POST",
    "/mailboxes/{mailbox}/pause",
    {},
    { reason: { wrong: NOT_TEXT_OR_NULL, refused: ["", " ", chars(501)], accepted: [chars(500)] } },
  ],
  [
    "POST",
    "/sequences/{seq}/enrollments",
    { contactId: "{contact}", platform: "TWITTER" },
    {
      platform: { ...oneOf("TWITTER"), required: true, accepted: [] },
      contactId: {
        required: true,
        wrong: [...NOT_TEXT_OR_NULL, "", "alice", "seq_1", "contact_", "contact_1 "],
        refused: [],
        accepted: [],
      },
      mailboxId: { wrong: [...NOT_TEXT, "", "seq_1", "mailbox_"], refused: [], accepted: [null] },
    },
  ],
  [
    "POST",
    "/contacts",
    { platform: "MASTODON", username: "{new}" },
    { ...person, username: { ...address, required: true }, platform: { ...oneOf(...PLATFORMS), required: true } },
  ],
  ["PATCH", "/contacts/{contact}", {}, { ...person, optedOut: flag }],
  [
    "POST",
    "/replies",
    { platform: "TWITTER", from: "somebody", text: "Hello" },
    {
      platform: { ...oneOf(...PLATFORMS), required: true },
      from: { required: true, wrong: NOT_TEXT_OR_NULL, refused: ["", chars(321)], accepted: [chars(320)] },
      text: { required: true, wrong: NOT_TEXT_OR_NULL, refused: [chars(20_001)], accepted: ["", chars(20_000)] },
      messageId: { wrong: NOT_TEXT, refused: ["", chars(501)], accepted: [null, chars(500)] },
      inReplyTo: { wrong: NOT_TEXT, refused: ["", chars(1001)], accepted: [null, chars(1000)] },
      receivedAt: {
        wrong: [5, null, true, {}],
        refused: ["", "yesterday", "2040-01-02", "2040-01-02T09:00:00", "2040-13-02T09:00:00Z"],
        accepted: ["2040-01-02T09:00:00Z", "2040-01-02T10:00:00.123+01:00"],
      },
      headers: { wrong: ["x", 5, null, []], refused: [{ a: chars(20_001) }], accepted: [{}, { "X-A": "b" }] },
      "headers.X-A": { wrong: NOT_TEXT_OR_NULL, refused: [], accepted: [""] },
    },
  ],
  [
    "PUT",
    "/channels/TWITTER",
    { kind: "webhook", url: "https://example.com" },
    {
      kind: { ...oneOf("outbox", "webhook"), required: true },
      url: {
        required: true,
        wrong: NOT_TEXT_OR_NULL,
        refused: ["", "nonsense", `https://e.com/${chars(2000)}`],
        accepted: ["https://e.com"],
      },
    },
  ],
  [
    "POST",
    "/channels/TWITTER/pause",
    {},
    { reason: { wrong: NOT_TEXT_OR_NULL, refused: ["", " ", chars(501)], accepted: [chars(500)] } },
  ],
];

const ids: Record<string, string> = {};
let people = 0;

beforeAll(async () => {
  await begin();
  ids.seq = (await makeDrip([1, 2], { status: "DRAFT" })).sequence;
  const { sequence, steps } = await makeDrip([1, 2], { status: "DRAFT" });
  ids.sched = (await api("POST", "/v1/schedules", { name: "Hours", openings: [hours] })).body.schedule.id;
  Object.assign(ids, { two: sequence, step: steps[0], contact: await makeContact(), mailbox: await makeMailbox() });
  await api("PUT", "/v1/channels/TWITTER", { kind: "outbox" });
});

const fill = (text: string) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name === "new" ? `new${++people}` : (ids[name] ?? whole)));

/** The base with the field set; `a.b` is the field `b` within `a`, and `tags.0` the first of the tags. */
function withField(base: object, field: string, value: unknown): object {
  const [name = "", within] = field.split(".");
  const inner = within === undefined ? value : within === "0" ? [value] : { [within]: value };
  return JSON.parse(fill(JSON.stringify({ ...base, [name]: inner })));
}

async function everything(): Promise<unknown> {
  const tables = [
    "sequences",
    "steps",
    "contacts",
    "addresses",
    "contact_terms",
    "enrollments",
    "replies",
    "channels",
    "schedules",
    "mailboxes",
  ];
  const rows = await db().batch([...tables, "jobs"].map((table) => db().prepare(`SELECT * FROM ${table}`)));
  return [rows.map(({ results }) => results), faults.letters];
}

const short = (value: unknown) => [...(JSON.stringify(value) ?? "nothing")].slice(0, 30).join("");
const named = (field: string) => expect.stringMatching(new RegExp(`^${field.replaceAll(".", "\\.")} `));

for (const [method, path, base, fields] of ROUTES) {
  describe(`${method} ${path}`, () => {
    test.each(Object.entries(fields))("%s", async (field, { required, wrong, refused, accepted }) => {
      const send = (value: unknown): Promise<Json> => api(method, `/v1${fill(path)}`, withField(base, field, value));
      const before = await everything();
      const missing = { error: { code: "BAD_REQUEST", message: `${field} is required` } };
      if (required) expect(await send(undefined)).toEqual({ status: 400, body: missing });
      const badRequest = { error: { code: "BAD_REQUEST", message: named(field) } };
      for (const value of wrong) {
        expect([short(value), await send(value)]).toEqual([short(value), { status: 400, body: badRequest }]);
      }
      const invalid = { error: { code: "VALIDATION_ERROR", message: named(field), details: { field } } };
      for (const value of refused) {
        expect([short(value), await send(value)]).toEqual([short(value), { status: 400, body: invalid }]);
      }
      expect(await everything()).toEqual(before);
      for (const value of accepted) {
        const { status } = await send(value);
        expect([short(value), Math.floor(status / 100)]).toEqual([short(value), 2]);
      }
    });
  });
}
