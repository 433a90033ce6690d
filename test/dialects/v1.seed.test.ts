/** The published page on sequences, from its top to its end: each command as printed there, with our ids and key. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Answer, api, begin, DAY, enroll, HOUR, KEY, makeContact, settle, travel } from "../support/world";

function curl(command: string): Promise<Answer> {
  const method = /-X (\w+)/.exec(command)?.[1] ?? "GET";
  const path = /https:\/\/api\.voxburst\.io([^"\s]+)/.exec(command)?.[1] ?? "";
  return api(method, path, /-d '([\s\S]*)'/.exec(command)?.[1], KEY);
}

const like = (pattern: RegExp) => expect.stringMatching(pattern);

/** The instant at which everything below begins; half a second later, so that a fraction has to be cut. */
const BORN = "2040-01-02T09:00:00Z";
const TEMPLATE = "Welcome! Here is what to do next...";

let seq = "";
let step = "";
let contact = "";

/** The sequence object of the page; from `reenroll` to `updaterId` it is ours. */
const sequence = (more: object = {}) => ({
  id: seq,
  workspaceId: "ws_1",
  name: "Onboarding Flow",
  enrollmentRules: {},
  exitOnReply: true,
  reenroll: "after_exit",
  initTag: null,
  initSegmentId: null,
  rulesetId: null,
  primaryReplyAction: "finish",
  primaryReplyPauseDuration: 172_800,
  secondaryReplyAction: null,
  secondaryReplyPauseDuration: 172_800,
  replyScope: "contact",
  throttleCapacity: null,
  throttleMaxAddsPerDay: null,
  throttlePaused: false,
  locked: false,
  transactional: false,
  useAnyMailbox: true,
  mailboxIds: [],
  sequenceType: "interval",
  scheduleIntervalType: "calendar",
  scheduleId: null,
  parentSequenceId: null,
  shareType: "shared",
  ownerId: "user_1",
  creatorId: "user_1",
  updaterId: "user_1",
  status: "ACTIVE",
  steps: [stepOne()],
  createdAt: BORN,
  updatedAt: BORN,
  ...more,
});

const stepOne = (more: object = {}) => ({
  id: step,
  sequenceId: seq,
  stepOrder: 1,
  messageTemplate: TEMPLATE,
  delayHours: 0,
  scheduleId: null,
  date: null,
  createdAt: BORN,
  updatedAt: BORN,
  ...more,
});

/** The enrollment object of the page; `mailboxId` and `paused` are ours. */
const enrolled = (more: object = {}) => ({
  id: like(/^enroll_[1-9]\d*$/),
  sequenceId: seq,
  contactId: contact,
  workspaceId: "ws_1",
  platform: "TWITTER",
  mailboxId: null,
  currentStep: 0,
  status: "ACTIVE",
  nextRunAt: BORN,
  enrolledAt: BORN,
  exitedAt: null,
  exitReason: null,
  paused: false,
  contact: { id: contact, displayName: "Alice Example", username: "alice", platform: "TWITTER" },
  ...more,
});

/** The page's own sequence, running, with its one step, and Alice. */
beforeEach(async () => {
  await begin();
  travel(500);
  const made = await api("POST", "/v1/sequences", { name: "Onboarding Flow" });
  seq = made.body.sequence.id;
  const added = await api("POST", `/v1/sequences/${seq}/steps`, { messageTemplate: TEMPLATE, delayHours: 0 });
  step = added.body.step.id;
  await api("PATCH", `/v1/sequences/${seq}`, { status: "ACTIVE" });
  contact = await makeContact({ username: "alice", displayName: "Alice Example" });
});

describe("List Sequences", () => {
  test("GET /v1/sequences answers 200 with whole sequences, newest first, and the pagination", async () => {
    const second = (await api("POST", "/v1/sequences", { name: "Second" })).body.sequence;
    const answer = await curl('curl "https://api.voxburst.io/v1/sequences?page=1&limit=20"');
    const pagination = { page: 1, limit: 20, total: 2, totalPages: 1 };
    expect(answer).toEqual({ status: 200, body: { sequences: [second, sequence()], pagination } });
    expect((await api("GET", "/v1/sequences")).body).toEqual(answer.body);
  });
});

describe("Get Sequence", () => {
  test("GET /v1/sequences/:id answers 200 with the sequence and the four enrollment statistics", async () => {
    await enroll(seq, contact);
    const answer = await curl(`curl https://api.voxburst.io/v1/sequences/${seq}`);
    const enrollmentStats = { ACTIVE: 1, COMPLETED: 0, EXITED: 0, FAILED: 0 };
    const replyStats = { positive: 0, neutral: 0, negative: 0 }; // ours
    expect(answer).toEqual({ status: 200, body: { sequence: sequence(), enrollmentStats, replyStats } });
  });
});

describe("Create Sequence", () => {
  test("POST /v1/sequences answers 201 with a sequence in DRAFT, without steps", async () => {
    const answer = await curl(`curl -X POST https://api.voxburst.io/v1/sequences \
-d '{
"name": "Onboarding Flow",
"exitOnReply": true
}'`);
    const made = sequence({ id: like(/^seq_[1-9]\d*$/), status: "DRAFT", steps: [] });
    expect(answer).toEqual({ status: 201, body: { sequence: made } });
    expect(answer.body.sequence.id).not.toBe(seq);
  });

  test("a name alone is enough: exitOnReply is true and enrollmentRules are {} by default", async () => {
    const answer = await api("POST", "/v1/sequences", { name: "Onboarding Flow" });
    const made = sequence({ id: like(/^seq_[1-9]\d*$/), status: "DRAFT", steps: [] });
    expect(answer).toEqual({ status: 201, body: { sequence: made } });
  });
});

describe("Update Sequence", () => {
  test("PATCH /v1/sequences/:id answers 200 with the sequence in its new status", async () => {
    travel(2000);
    await api("PATCH", `/v1/sequences/${seq}`, { status: "PAUSED" });
    const answer = await curl(`curl -X PATCH https://api.voxburst.io/v1/sequences/${seq} \
-d '{ "status": "ACTIVE" }'`);
    expect(answer).toEqual({ status: 200, body: { sequence: sequence({ updatedAt: "2040-01-02T09:00:02Z" }) } });
  });
});

describe("Delete Sequence", () => {
  test("DELETE /v1/sequences/:id answers success; the sequence is out of the list, and still there as ARCHIVED", async () => {
    const answer = await curl(`curl -X DELETE https://api.voxburst.io/v1/sequences/${seq}`);
    expect(answer).toEqual({ status: 200, body: { success: true } });
    const pagination = { page: 1, limit: 20, total: 0, totalPages: 0 };
    expect((await api("GET", "/v1/sequences")).body).toEqual({ sequences: [], pagination });
    const found = await api("GET", `/v1/sequences/${seq}`);
    expect([found.status, found.body.sequence]).toEqual([200, sequence({ status: "ARCHIVED" })]);
  });

  test("deleting an archived sequence again answers the same", async () => {
    await api("DELETE", `/v1/sequences/${seq}`);
    const again = await curl(`curl -X DELETE https://api.voxburst.io/v1/sequences/${seq}`);
    expect(again).toEqual({ status: 200, body: { success: true } });
  });
});

describe("List Steps", () => {
  test("GET /v1/sequences/:id/steps answers 200 with the steps", async () => {
    const answer = await curl(`curl https://api.voxburst.io/v1/sequences/${seq}/steps`);
    expect(answer).toEqual({ status: 200, body: { steps: [stepOne()] } });
  });
});

describe("Add Step", () => {
  test("POST /v1/sequences/:id/steps answers 201 with the step", async () => {
    const answer = await curl(`curl -X POST https://api.voxburst.io/v1/sequences/${seq}/steps \
-d '{
"messageTemplate": "Just checking in — any questions?",
"delayHours": 48,
"stepOrder": 2
}'`);
    const given = { messageTemplate: "Just checking in — any questions?", delayHours: 48, stepOrder: 2 };
    const second = stepOne({ ...given, id: like(/^step_[1-9]\d*$/) });
    expect(answer).toEqual({ status: 201, body: { step: second } });
    const { body } = await api("GET", `/v1/sequences/${seq}/steps`);
    expect(body).toEqual({ steps: [stepOne(), answer.body.step] });
  });
});

describe("Update Step", () => {
  test("PATCH /v1/sequences/:id/steps/:stepId answers 200 with the step as it is now", async () => {
    travel(3000);
    const answer = await curl(`curl -X PATCH https://api.voxburst.io/v1/sequences/${seq}/steps/${step} \
-d '{ "delayHours": 72 }'`);
    const changed = stepOne({ delayHours: 72, updatedAt: "2040-01-02T09:00:03Z" });
    expect(answer).toEqual({ status: 200, body: { step: changed } });
    expect((await api("GET", `/v1/sequences/${seq}/steps`)).body).toEqual({ steps: [changed] });
  });
});

describe("Delete Step", () => {
  test("DELETE /v1/sequences/:id/steps/:stepId answers success, and the step is gone", async () => {
    const answer = await curl(`curl -X DELETE https://api.voxburst.io/v1/sequences/${seq}/steps/${step}`);
    expect(answer).toEqual({ status: 200, body: { success: true } });
    expect((await api("GET", `/v1/sequences/${seq}/steps`)).body).toEqual({ steps: [] });
  });
});

describe("List Enrollments", () => {
  test("GET /v1/sequences/:id/enrollments answers 200, 50 a page, with the step that ran last and the next time", async () => {
    await api("POST", `/v1/sequences/${seq}/steps`, { messageTemplate: "Second", delayHours: 48 });
    const id = await enroll(seq, contact);
    travel(300);
    await settle();
    const answer = await curl(`curl "https://api.voxburst.io/v1/sequences/${seq}/enrollments?status=ACTIVE"`);
    const shown = enrolled({ id, currentStep: 1, nextRunAt: "2040-01-04T09:00:00Z" });
    const pagination = { page: 1, limit: 50, total: 1, totalPages: 1 };
    expect(answer).toEqual({ status: 200, body: { enrollments: [shown], pagination } });
    expect((await api("GET", `/v1/sequences/${seq}/enrollments`)).body).toEqual(answer.body);
  });
});

describe("Enroll Contact", () => {
  test("POST /v1/sequences/:id/enrollments answers 201 with the enrollment and its contact", async () => {
    const answer = await curl(`curl -X POST https://api.voxburst.io/v1/sequences/${seq}/enrollments \
-d '{
"contactId": "${contact}",
"platform": "TWITTER"
}'`);
    expect(answer).toEqual({ status: 201, body: { enrollment: enrolled() } });
  });
});

describe("Exit Enrollment", () => {
  test("DELETE /v1/sequences/:id/enrollments/:enrollId answers success, and the contact has left", async () => {
    await api("PATCH", `/v1/sequences/${seq}/steps/${step}`, { delayHours: 24 });
    const id = await enroll(seq, contact);
    travel(HOUR);
    const answer = await curl(`curl -X DELETE https://api.voxburst.io/v1/sequences/${seq}/enrollments/${id}`);
    expect(answer).toEqual({ status: 200, body: { success: true } });
    travel(DAY);
    const { body } = await api("GET", `/v1/sequences/${seq}/enrollments`);
    const left = { status: "EXITED", exitReason: "MANUAL", exitedAt: "2040-01-02T10:00:00Z", nextRunAt: null };
    expect(body.enrollments).toEqual([enrolled({ id, ...left })]);
  });
});
