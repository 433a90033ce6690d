/** What becomes of a call to a customer's endpoint, what an endpoint hears, and in whose words. */
import { describe, expect, test } from "vitest";
import { bodyFor, heardBy } from "../../src/domain/envelope";
import { HAPPENINGS, type Happening, PATTERNS, typesOf } from "../../src/domain/happening";
import { RETRY_BASE } from "../../src/domain/retry";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { deliveryId, type Echo, fateOf, numberIn, prognosisOf } from "../../src/domain/webhook";

const NOW = Date.UTC(2040, 0, 2, 9);
const echo = (status: number | null): Echo => ({
  status,
  excerpt: null,
  error: status === null ? "no answer" : null,
  took: 5,
});
const fresh = { webhookId: 7, number: 3, tries: 0, triedAt: null };
const pace = { now: NOW, base: RETRY_BASE };
const well = { ...pace, failingSince: null };

describe("a call", () => {
  for (const status of [200, 201, 202, 204, 299]) {
    test(`${status} -> delivered`, () => {
      expect(fateOf(fresh, echo(status), well)).toEqual({ status: "delivered", dueAt: null });
    });
  }
  for (const status of [null, 100, 301, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503]) {
    test(`${status ?? "no answer"} -> made again in half a minute`, () => {
      const { status: fate, dueAt } = fateOf(fresh, echo(status), well);
      expect(fate).toBe("waiting");
      expect((dueAt ?? 0) - NOW).toBeGreaterThanOrEqual(30 * SECOND);
      expect((dueAt ?? 0) - NOW).toBeLessThan(36 * SECOND);
    });
  }
  test("refused for three days by an endpoint that takes others -> given up", () => {
    const tried = { ...fresh, tries: 11, triedAt: NOW - 3 * DAY };
    expect(fateOf(tried, echo(500), well)).toEqual({ status: "failed", dueAt: null });
    expect(fateOf(tried, echo(500), { ...pace, failingSince: NOW - 2 * DAY }).status).toBe("failed");
  });
  test("refused for three days by an endpoint that has taken nothing since -> kept", () => {
    const tried = { ...fresh, tries: 11, triedAt: NOW - 3 * DAY };
    expect(fateOf(tried, echo(500), { ...pace, failingSince: NOW - 3 * DAY }).status).toBe("waiting");
  });
});

describe("while the endpoint has taken nothing since it was tried first", () => {
  const round = { ...pace, failingSince: NOW - DAY };
  test.each([
    [0, 30 * SECOND],
    [3, HOUR],
    [4, HOUR],
    [20, HOUR],
  ])("tried %i times -> comes again after %i ms and a fifth at most, as the endpoint does", (tries, least) => {
    const { dueAt } = fateOf({ ...fresh, tries, triedAt: NOW - DAY }, echo(503), round);
    expect((dueAt ?? 0) - NOW).toBeGreaterThanOrEqual(least);
    expect((dueAt ?? 0) - NOW).toBeLessThanOrEqual(1.2 * least);
  });
});

test("a shorter base -> all comes sooner, in proportion", () => {
  const quick = { now: NOW, base: 20 };
  const ill = { id: 7, failures: 50, failingSince: NOW - DAY };
  expect(prognosisOf(ill, [echo(500)], quick).restsUntil - NOW).toBeLessThanOrEqual(2880);
  expect((fateOf(fresh, echo(500), { ...quick, failingSince: null }).dueAt ?? 0) - NOW).toBeLessThanOrEqual(24);
});

describe("an endpoint", () => {
  const ill = { id: 7, failures: 4, failingSince: NOW - DAY };
  const healthy = { failures: 0, failingSince: null, restsUntil: 0, dead: null };
  test("takes one of many -> is well", () => {
    expect(prognosisOf(ill, [echo(500), echo(204), echo(null)], pace)).toEqual(healthy);
  });
  test("had nothing to be told -> is well", () => {
    expect(prognosisOf({ id: 7, failures: 0, failingSince: null }, [], pace)).toEqual(healthy);
  });
  test("takes none for the first time -> rests for half a minute, failing from now on", () => {
    const { restsUntil, ...rest } = prognosisOf({ id: 7, failures: 0, failingSince: null }, [echo(500)], pace);
    expect(rest).toEqual({ failures: 1, failingSince: NOW, dead: null });
    expect(restsUntil - NOW).toBeGreaterThanOrEqual(30 * SECOND);
    expect(restsUntil - NOW).toBeLessThan(36 * SECOND);
  });
  test("takes none again and again -> rests for an hour and a fifth at most", () => {
    const { restsUntil } = prognosisOf({ ...ill, failures: 50 }, [echo(500)], pace);
    expect(restsUntil - NOW).toBeGreaterThanOrEqual(HOUR);
    expect(restsUntil - NOW).toBeLessThanOrEqual(72 * MINUTE);
  });
  test("has taken none for three days -> dead, and says why", () => {
    const long = { ...ill, failingSince: NOW - 3 * DAY };
    const before = "the endpoint has not answered well for 3 days";
    expect(prognosisOf(long, [echo(503)], pace).dead).toBe(`${before}: it answered 503`);
    expect(prognosisOf(long, [echo(null)], pace).dead).toBe(`${before}: no answer`);
    expect(prognosisOf({ ...long, failingSince: NOW - 3 * DAY + 1 }, [echo(503)], pace).dead).toBeNull();
  });
  test("says that it is gone -> dead at once, whatever else it has taken", () => {
    expect(prognosisOf({ id: 7, failures: 0, failingSince: null }, [echo(200), echo(410)], pace).dead).toContain(
      "gone",
    );
  });
});

test("the id of a delivery is read at its own endpoint alone", () => {
  expect(numberIn(7, deliveryId(7, 3))).toBe(3);
  expect(numberIn(6, deliveryId(7, 3))).toBeNull();
  expect(numberIn(7, 3)).toBeNull();
});

describe("a filter", () => {
  test.each([
    [["*"], HAPPENINGS.length],
    [["sequence.*"], 5],
    [["enrollment.*"], 8],
    [["message.*"], 9],
    [["message.*", "message.sent"], 9],
    [["enrollment.failed", "sequence.paused"], 2],
    [[], 0],
  ] as const)("%j -> %i types", (patterns, count) => {
    expect(typesOf(patterns)).toHaveLength(count);
  });
  test("every pattern stands for something, in each dialect for what has a name there", () => {
    for (const pattern of PATTERNS) expect(typesOf([pattern]).length).toBeGreaterThan(0);
    expect(heardBy("broadcast", ["sequence.*", "enrollment.replied", "enrollment.step_sent"])).toEqual([]);
    expect(heardBy("broadcast", ["*"])).toHaveLength(14);
    expect(heardBy("outreach", ["*"])).toHaveLength(20);
    expect(heardBy("v1", ["*"])).toEqual([...HAPPENINGS]);
  });
});

const told = {
  sequence: 12,
  enrollment: 9,
  contact: 3,
  platform: "EMAIL",
  standing: "EXITED",
  state: "ended",
  why: "moved",
  enrolledAt: NOW - DAY,
  endedAt: NOW,
} as const;
const subject = { id: 3, displayName: "Ada", firstName: "Ada", lastName: null, address: "ada@example.com" };
const exited: Happening = {
  event: "evt_9_4_exited",
  type: "enrollment.exited",
  number: 5,
  workspaceId: 1,
  at: NOW,
  told,
  subject,
  heading: null,
};
const inBroadcast = (happening: Happening) => JSON.parse(bodyFor("broadcast", happening));
const inOutreach = (happening: Happening) => JSON.parse(bodyFor("outreach", happening));

describe("the same end, in each dialect's words", () => {
  test("ours", () => {
    expect(JSON.parse(bodyFor("v1", exited))).toEqual({
      id: "evt_9_4_exited",
      type: "enrollment.exited",
      number: 5,
      createdAt: "2040-01-02T09:00:00Z",
      data: {
        enrollment: {
          id: "enroll_9",
          sequenceId: "seq_12",
          contactId: "contact_3",
          workspaceId: "ws_1",
          platform: "EMAIL",
          status: "EXITED",
          paused: false,
          lastStepId: null,
          enrolledAt: "2040-01-01T09:00:00Z",
          repliedAt: null,
          exitedAt: "2040-01-02T09:00:00Z",
          exitReason: "MOVED",
          contact: { id: "contact_3", displayName: "Ada", username: "ada@example.com", platform: "EMAIL" },
        },
      },
    });
  });
  test.each([
    ["moved", "EXITED", "sequence.subscriber_moved", "moved", "finished"],
    ["removed", "EXITED", "sequence.subscriber_removed", "removed", "finished"],
    ["replied", "EXITED", "sequence.subscriber_removed", "removed", "finished"],
    ["opted_out", "EXITED", "sequence.subscriber_removed", "removed", "opted_out"],
    ["completed", "COMPLETED", "sequence.subscriber_completed", "completed", "finished"],
    ["failed", "FAILED", "sequence.subscriber_error", "error", "failed"],
    ["bounced", "FAILED", "sequence.subscriber_error", "error", "bounced"],
  ])("%s: Broadcast's and Outreach's", (why, standing, name, status, state) => {
    const types = {
      EXITED: "enrollment.exited",
      COMPLETED: "enrollment.completed",
      FAILED: "enrollment.failed",
    } as const;
    const type = types[standing as keyof typeof types];
    const happening = { ...exited, type, told: { ...told, why, standing } };
    expect(inBroadcast(happening)).toMatchObject({
      type: name,
      data: { id: 9, sequence_id: 12, status, subscriber: { id: 3, email: "ada@example.com", first_name: "Ada" } },
    });
    expect(inOutreach(happening).data).toMatchObject({
      type: "sequenceState",
      id: 9,
      attributes: { state },
      relationships: {
        prospect: { data: { type: "prospect", id: 3 } },
        sequence: { data: { type: "sequence", id: 12 } },
      },
    });
  });
  test("a contact who was erased is nobody in any of them", () => {
    for (const dialect of ["v1", "broadcast", "outreach"] as const) {
      expect(bodyFor(dialect, { ...exited, subject: null })).not.toMatch(/ada/i);
    }
  });
});
