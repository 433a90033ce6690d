/** The published page on sequences, from its top to its end: each command as printed there, with our key and our ids. */
import { beforeEach, describe, expect, test } from "vitest";
import { addStep, addSubscriber, call, curl, makeSequence, NOTHING, stepsOf } from "../support/broadcast";
import { begin, db, type Json, settle, travel } from "../support/world";

const STAMP = expect.stringMatching(/^2040-01-02T09:00:00\.\d{3}Z$/);

let id = 0;

/** The sequence object of the page; `status` and `reenroll` are ours, the times those of our clock. */
const sequence = (more: object = {}) => ({
  id,
  label: "Welcome Series",
  active: true,
  track_opens: true,
  track_clicks: true,
  use_any_email_server: false,
  email_server_ids: [1],
  init_segment_id: null,
  init_tag: "new-signup",
  parent_sequence_id: null,
  subscribers_count: 1250,
  created_at: STAMP,
  updated_at: STAMP,
  status: "ACTIVE",
  reenroll: null,
  ...more,
});

const PAGE = {
  label: "Welcome Series",
  active: true,
  track_opens: true,
  track_clicks: true,
  use_any_email_server: false,
  email_server_ids: [1],
  init_tag: "new-signup",
};

/** The page's own sequence with its four steps and its 1250 subscribers, of whom only the count is asked. */
beforeEach(async () => {
  await begin();
  travel(7);
  id = await makeSequence(PAGE);
  await addStep(id, { action: "send_email", label: "Welcome Email", body: "<p>Welcome</p>", subject: "Hi" });
  await addStep(id, { action: "delay", delay: 172_800 });
  await addStep(id, { action: "send_email", label: "Getting Started Guide", body: "<p>Start</p>" });
});

function count(subscribers: number) {
  return db()
    .prepare(
      "INSERT INTO counts (workspace_id, sequence_id, what, n) VALUES (1, ?, 'ACTIVE', ?) ON CONFLICT DO UPDATE SET n = excluded.n",
    )
    .bind(id, subscribers)
    .run();
}

const json = (answer: { status: number; text: string }): Json => ({
  status: answer.status,
  body: JSON.parse(answer.text),
});

describe("List Sequences", () => {
  test("GET /api/v1/sequences?limit=10", async () => {
    await count(1250);
    const answer = await curl(
      `curl -X GET "https://app.sendbroadcast.com/api/v1/sequences?limit=10" \\
-H "Authorization: Bearer YOUR_API_TOKEN" \\
-H "Content-Type: application/json"`,
      id,
    );
    expect(json(answer)).toEqual({ status: 200, body: { data: [sequence()], total: 1 } });
  });
});

describe("Get a Sequence", () => {
  test("GET /api/v1/sequences/5?include_steps=true", async () => {
    await count(1250);
    const answer = await curl(
      `curl -X GET "https://app.sendbroadcast.com/api/v1/sequences/5?include_steps=true" \\
-H "Authorization: Bearer YOUR_API_TOKEN" \\
-H "Content-Type: application/json"`,
      id,
    );
    const { status, body } = json(answer);
    const { steps, ...alone } = body;
    expect([status, alone]).toEqual([200, sequence()]);
    const [start, welcome, wait, guide] = steps.map((step: Json) => step.id);
    const printed = steps.map(({ id, action, label, parent_id, true_branch }: Json) => ({
      id,
      action,
      label,
      parent_id,
      true_branch,
    }));
    expect(printed).toEqual([
      { id: start, action: "entry_point", label: "Start", parent_id: null, true_branch: null },
      { id: welcome, action: "send_email", label: "Welcome Email", parent_id: start, true_branch: null },
      { id: wait, action: "delay", label: "Wait 2 days", parent_id: welcome, true_branch: null },
      { id: guide, action: "send_email", label: "Getting Started Guide", parent_id: wait, true_branch: null },
    ]);
    expect(steps).toEqual(await stepsOf(id));
  });

  test.each(["", "?include_steps=false", "?include_steps="])(
    "without include_steps=true (%j) no steps are shown",
    async (query) => {
      await count(1250);
      expect(await call("GET", `/sequences/${id}${query}`)).toEqual({ status: 200, body: sequence() });
    },
  );
});

describe("Add a Subscriber to a Sequence", () => {
  const printed = `curl -X POST "https://app.sendbroadcast.com/api/v1/sequences/5/add_subscriber" \\
-H "Authorization: Bearer YOUR_API_TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"subscriber": {
"email": "user@example.com"
}
}'`;

  test("201 with an empty body, and 422 with an empty body when he is enrolled already", async () => {
    expect(await curl(printed, id)).toEqual(NOTHING(201));
    expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(1);
    expect(await curl(printed, id)).toEqual(NOTHING(422));
    expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(1);
  });

  test("the first version's command: .json, names, single quotes", async () => {
    const answer = await curl(
      `curl -X POST 'https://your-broadcast-domain.com/api/v1/sequences/123/add_subscriber.json' \\
  -H 'Authorization: Bearer YOUR_API_TOKEN' \\
  -H 'Content-Type: application/json' \\
  -d '{
    "subscriber": {
      "email": "john@example.com",
      "first_name": "John",
      "last_name": "Doe"
    }
  }'`,
      id,
    );
    expect(answer).toEqual(NOTHING(201));
    const { body } = await call("GET", "/subscribers/find.json?email=john@example.com");
    expect([body.first_name, body.last_name]).toEqual(["John", "Doe"]);
  });
});

describe("Remove a Subscriber from a Sequence", () => {
  const printed = (host: string) => `curl -X DELETE '${host}/api/v1/sequences/5/remove_subscriber' \\
  -H 'Authorization: Bearer YOUR_API_TOKEN' \\
  -H 'Content-Type: application/json' \\
  -d '{
    "subscriber": {
      "email": "user@example.com"
    }
  }'`;

  test.each(["https://app.sendbroadcast.com", "https://your-broadcast-domain.com"])(
    "%s: 200 with an empty body, and 422 with an empty body when he is not in it",
    async (host) => {
      await addSubscriber(id, "user@example.com");
      expect(await curl(printed(host), id)).toEqual(NOTHING(200));
      expect((await call("GET", `/sequences/${id}`)).body.subscribers_count).toBe(0);
      expect(await curl(printed(host), id)).toEqual(NOTHING(422));
    },
  );
});

describe("List Subscribers in a Sequence", () => {
  test("GET /api/v1/sequences/:id/list_subscribers.json?page=1", async () => {
    await call("PATCH", `/sequences/${id}/steps/${(await stepsOf(id))[1].id}`, { delay: 86_400 });
    await call("POST", "/subscribers", { email: "first@example.com" }); // so that the two ids are not the same number
    await addSubscriber(id, "user@example.com");
    await settle();
    const { status, body } = await call("GET", `/sequences/${id}/list_subscribers.json?page=1`);
    const [one] = body.subscriber_sequences;
    expect([status, body]).toEqual([
      200,
      {
        subscriber_sequences: [
          {
            id: expect.stringMatching(/^[1-9]\d*$/),
            status: "active",
            started_at: "2040-01-02T09:00:00Z",
            completed_at: null,
            next_trigger_at: "2040-01-03T09:00:00Z",
            subscriber: { id: expect.stringMatching(/^[1-9]\d*$/), email: "user@example.com" },
          },
        ],
        pagination: { prev: null, next: null, count: 1, pages: 1, page: 1 },
      },
    ]);
    expect(one.id).not.toBe(one.subscriber.id);
  });
});

describe("Error Responses", () => {
  test("404 for a sequence that is not there, and 401 without a token", async () => {
    expect(await call("GET", "/sequences/987654321")).toEqual({ status: 404, body: { error: "Sequence not found" } });
    expect(await call("GET", "/sequences", undefined, null)).toEqual({ status: 401, body: { error: "Unauthorized" } });
  });
});
