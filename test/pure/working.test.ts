import { describe, expect, test } from "vitest";
import { settling } from "../../src/domain/alarm";
import { decide } from "../../src/domain/decide";
import type { Event, State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { actId, messageId, ORDINALS } from "../../src/domain/message";
import { mergeTellings, snapshotOf, type Telling } from "../../src/domain/mirror";
import { ALWAYS_OPEN } from "../../src/domain/schedule";
import type { Step } from "../../src/domain/step";
import { taskLine } from "../../src/domain/task";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/time";
import { isOpen } from "../../src/domain/window";
import type { Completion } from "../../src/domain/working";
import {
  archived,
  channelPaused,
  erased,
  FIRST,
  J,
  later,
  now,
  optedOut,
  running,
  SECOND_STEP,
  sequencePaused,
  THIRD,
  treeWith,
  trip,
  W,
} from "./given";
import {
  atTask,
  backingOff,
  call,
  endedCompleted,
  leased,
  mail,
  mailBackingOff,
  mailing,
  mailUnderWay,
  mailWaiting,
  paused,
  pausedAtTask,
  pending,
  rows,
  waiting,
  waitingDue,
  without,
  working,
  workingAtMail,
  workingForGood,
} from "./states";

const asked: Partial<Step> = { kind: "task", settings: { type: "call", autoskip: 7200 } } as Partial<Step>;
const written = { kind: "task", settings: { type: "manual_email", autoskip: null }, body: "By hand" } as Partial<Step>;
/** The second step is a call to be made within two hours, or a mail to be sent by hand. */
const calling: Facts = { ...running, tree: treeWith({ [SECOND_STEP]: asked }) };
const mailed: Facts = { ...running, tree: treeWith({ [SECOND_STEP]: written }) };
const gone: Facts = { ...running, tree: treeWith({ [SECOND_STEP]: { ...asked, deletedAt: J } as Partial<Step> }) };

const woke = (facts: Facts): Event => ({ kind: "wake", facts });
const complete = (completion: Completion = "advance", task = call.id): Event => ({
  kind: "complete",
  task,
  by: 4,
  completion,
});
const skip: Event = { kind: "skip", task: call.id, by: 4 };
const deliver: Event = { kind: "deliver", task: call.id, by: 4 };
const reschedule = (dueAt: number, skipAt?: number | null): Event => ({
  kind: "reschedule",
  task: call.id,
  dueAt,
  ...(skipAt === undefined ? {} : { skipAt }),
});
const told = (status: string, over: object = {}, by: number | null = null) => ({
  what: "task",
  status,
  task: { ...call, ...over },
  by,
});
const ending = (why: string, error: string | null = null) => ({ what: "ended", why, error });

describe("a task step falls due", () => {
  test("waiting + woke when it is due -> working, a task is made, nothing is sent", () => {
    const { state, deeds, deliver } = decide(waitingDue, woke(calling), now);
    const made = { ...call, madeAt: J, dueAt: J, skipAt: J + 2 * HOUR };
    expect(state).toEqual({
      ...waitingDue,
      confirmed: 2,
      acts: 1,
      task: made,
      phase: { is: "working", step: SECOND_STEP },
    });
    expect(deeds).toEqual([{ what: "task", status: "made", task: made, by: null }]);
    expect(deliver).toBeUndefined();
  });

  test("its id is an act's: no message has it, and none that stands alone", () => {
    const { id } = decide(waitingDue, woke(calling), now).state.task ?? { id: 0 };
    expect(id).toBe(actId(trip.id, 1));
    expect(id).toBeGreaterThan(messageId(trip.id, waitingDue.messages));
    expect(id % ORDINALS).not.toBe(0);
  });

  test("no ordinal is left -> failed", () => {
    const full = { ...waitingDue, messages: 2000, acts: 2095 };
    const { state, deeds } = decide(full, woke(calling), now);
    expect(state.phase).toMatchObject({ is: "ended", why: "failed", error: "an enrollment has at most 4095 messages" });
    expect(deeds).toHaveLength(1);
  });

  test("the sequence does not run -> held, no task is made; a paused channel is no matter", () => {
    const held = decide(waitingDue, woke({ ...calling, sequence: sequencePaused.sequence }), now);
    expect(held.state).toMatchObject({ task: null, phase: { is: "waiting", held: "sequence" } });
    const { state } = decide(waitingDue, woke({ ...calling, channel: channelPaused.channel }), now);
    expect(state.phase.is).toBe("working");
  });

  test("the mirror must hear of it, however long it may wait", () => {
    expect(settling({ ...working, version: 3 }, { version: 2, completeTo: 2 }, now)).toMatchObject({ tries: 1 });
    expect(settling(working, { version: 2, completeTo: 2 }, now)).toBeNull();
  });
});

describe("completed", () => {
  const on = { task: null, lastStep: SECOND_STEP, lastTouch: SECOND_STEP, ran: [FIRST, SECOND_STEP], anchorAt: J };

  test("working + complete -> its step has run, the next is looked for at once; a call is remembered", () => {
    expect(decide(working, complete(), now)).toEqual({
      state: { ...working, ...on, callCompletedAt: J, phase: { is: "waiting", step: null, dueAt: J } },
      deeds: [told("completed", {}, 4)],
    });
  });

  test("and woke -> the next step, its delay counted from the completion", () => {
    const { state } = decide(working, complete(), now);
    expect(decide(state, woke(calling), later(MINUTE)).state.phase).toMatchObject({ step: THIRD, dueAt: J + DAY });
  });

  test("and woke, no step left -> completed", () => {
    const { state } = decide(working, complete(), now);
    const last = { ...calling, tree: treeWith({ [SECOND_STEP]: asked, [THIRD]: { deletedAt: J } }) };
    expect(decide(state, woke(last), now).state.phase).toMatchObject({ is: "ended", why: "completed" });
  });

  test("v1 counts messages alone: the last shown stays the message before", () => {
    const { state } = decide(working, complete(), now);
    expect(snapshotOf(state, now)).toMatchObject({ lastStep: FIRST, lastTouch: SECOND_STEP, callCompletedAt: J });
  });

  test("paused at a task + complete -> paused before the next step", () => {
    const { state, deeds } = decide(pausedAtTask, complete(), now);
    expect(state).toMatchObject({ ...on, phase: { is: "paused", step: null, dueAt: J, why: "manual" } });
    expect(deeds).toEqual([told("completed", {}, 4)]);
  });

  test.each([
    ["finish", "completed", null],
    ["finish_replied", "replied", J],
  ] as const)("working + complete to %s -> completed, and ended as %s", (then, why, repliedAt) => {
    const { state, deeds } = decide(working, complete(then), now);
    expect(state).toMatchObject({ task: null, repliedAt, phase: { is: "ended", why } });
    expect(deeds).toEqual([told("completed", {}, 4), ending(why)]);
  });

  test("working + skip -> its step has run, and no call was made", () => {
    const { state, deeds } = decide(working, skip, now);
    expect(state).toMatchObject({ ...on, callCompletedAt: null, phase: { is: "waiting", step: null } });
    expect(deeds).toEqual([told("skipped", {}, 4)]);
  });

  const other: [string, State][] = [
    ...rows({ pending, waiting, paused, "ended completed": endedCompleted }),
    ["working, completed before", decide(working, complete(), now).state],
  ];
  test.each(other)("%s + complete, skip, reschedule, deliver -> refused, there is no such task", (_, state) => {
    for (const event of [complete(), skip, reschedule(J + DAY), deliver]) {
      expect(decide(state, event, now)).toEqual({ state, deeds: [], refusal: "task_closed" });
    }
  });

  test("working + complete of another task -> refused", () => {
    const event = complete("advance", actId(trip.id, 2));
    expect(decide(working, event, now)).toEqual({ state: working, deeds: [], refusal: "task_closed" });
  });
});

describe("time goes on", () => {
  test("working + reschedule -> due then, skipped so much later", () => {
    const moved = { dueAt: call.dueAt + DAY, skipAt: J + HOUR + DAY };
    const { state, deeds } = decide(working, reschedule(call.dueAt + DAY), now);
    expect(state).toEqual({ ...working, task: { ...call, ...moved } });
    expect(deeds).toEqual([told("rescheduled", moved)]);
  });

  test.each([
    ["never", null],
    ["then", J + 5 * HOUR],
  ])("working + reschedule, to be skipped %s -> so", (_, skipAt) => {
    expect(decide(working, reschedule(call.dueAt, skipAt), now).state.task).toMatchObject({ skipAt });
  });

  test("working + reschedule to where it is -> unchanged", () => {
    expect(decide(working, reschedule(call.dueAt), now)).toEqual({ state: working, deeds: [] });
  });

  test("paused at a task + woke when it would be skipped -> unchanged", () => {
    expect(decide(pausedAtTask, woke(calling), later(DAY))).toEqual({ state: pausedAtTask, deeds: [] });
  });

  test("working + pause, resume -> the same task, its time gone on: it is skipped at the next look", () => {
    const stopped = decide(working, { kind: "pause", why: "manual" }, now).state;
    const { state, deeds } = decide(stopped, { kind: "resume" }, later(2 * HOUR));
    expect(state).toEqual(working);
    expect(deeds).toEqual([{ what: "resumed" }]);
    expect(decide(state, woke(calling), later(2 * HOUR)).deeds[0]).toEqual(told("skipped"));
  });

  test("paused at a task until a time + woke then -> back at it", () => {
    const until: State = {
      ...workingForGood,
      phase: { is: "paused", step: SECOND_STEP, dueAt: J, why: "reply", resumeAt: J },
    };
    const { state, deeds } = decide(until, woke(calling), now);
    expect(state).toEqual(workingForGood);
    expect(deeds).toEqual([{ what: "resumed" }]);
  });
});

describe("the journey ends, or goes on without it", () => {
  test.each(rows(atTask))("%s + exit -> the task is cancelled", (_, state) => {
    const decision = decide(state, { kind: "exit", why: "removed" }, now);
    expect(decision.state).toMatchObject({ task: null, phase: { is: "ended", why: "removed" } });
    expect(decision.deeds.slice(-2)).toEqual([
      { what: "task", status: "cancelled", task: state.task, by: null },
      ending("removed"),
    ]);
  });

  test.each([
    ["the sequence archived", archived, "archived"],
    ["the contact erased", erased, "removed"],
    ["the contact opted out", optedOut, "opted_out"],
  ] as const)("working + woke, %s -> ended, the task cancelled", (_, facts, why) => {
    const { state, deeds } = decide(working, woke(facts), now);
    expect(state).toMatchObject({ task: null, phase: { is: "ended", why } });
    expect(deeds).toEqual([told("cancelled"), ending(why)]);
  });

  test("working + a reply that finishes -> cancelled; one that goes on -> still at it; one that pauses -> paused at it", () => {
    const reply = (kind: "finish" | "continue" | "pause"): Event => ({
      kind: "reply",
      key: "r",
      at: J,
      action: { kind },
    });
    expect(decide(working, reply("finish"), now).deeds).toContainEqual(told("cancelled"));
    expect(decide(working, reply("continue"), now).state).toMatchObject({ task: call, phase: working.phase });
    expect(decide(working, reply("pause"), now).state).toMatchObject({
      task: call,
      phase: { is: "paused", why: "reply" },
    });
  });

  test.each(without(atTask, "waiting with the mail of a task under way", "paused at a task"))(
    "%s + woke, its step deleted -> cancelled, and on to the next, as if it had never been",
    (_, state) => {
      const { deeds, ...decision } = decide(state, woke(gone), now);
      expect(decision.state).toMatchObject({ task: null, inFlight: null, ran: [FIRST], anchorAt: state.anchorAt });
      expect(decision.state.phase).toMatchObject({ is: "waiting", step: THIRD });
      expect(deeds).toContainEqual({ what: "task", status: "cancelled", task: state.task, by: null });
    },
  );

  test("paused at a task + woke, its step deleted -> cancelled, paused; resumed -> on to the next", () => {
    const { state, deeds } = decide(pausedAtTask, woke(gone), now);
    expect(state).toEqual({ ...pausedAtTask, task: null });
    expect(deeds).toEqual([told("cancelled")]);
    const back = decide(state, { kind: "resume" }, now).state;
    expect(decide(back, woke(gone), now).state.phase).toMatchObject({ is: "waiting", step: THIRD });
  });
});

describe("the mail of a task", () => {
  const sending = { ...mail, sending: { at: J, by: 4 } };

  test("working at a mail + deliver -> to be sent at once; asked again -> unchanged", () => {
    const { state, deeds } = decide(workingAtMail, deliver, now);
    expect(state).toEqual({ ...workingAtMail, task: sending, phase: { is: "waiting", step: SECOND_STEP, dueAt: J } });
    expect(deeds).toEqual([{ what: "task", status: "sending", task: sending, by: 4 }]);
    expect(decide(state, deliver, now)).toEqual({ state, deeds: [] });
  });

  test("working at a call + deliver -> refused, there is no mail; under a pause -> refused, paused", () => {
    expect(decide(working, deliver, now).refusal).toBe("no_mail");
    expect(decide({ ...pausedAtTask, task: mail }, deliver, now).refusal).toBe("already_paused");
  });

  test("and woke -> claimed like any message, under an id of its own", () => {
    const { state, deeds, deliver: claimed } = decide(mailWaiting, woke(mailed), now);
    expect(claimed).toMatchObject({ message: messageId(trip.id, 2), step: SECOND_STEP, task: mail.id, attempt: 1 });
    expect(claimed?.content?.body).toBe("By hand");
    expect(state).toMatchObject({ inFlight: claimed, task: mailing, messages: 2 });
    expect(deeds).toEqual([]);
  });

  const variant = {
    id: 7,
    templateId: 70,
    isPrivate: false,
    isReply: false,
    weight: 1,
    subject: "Hi",
    body: "By template",
  };
  const off = { ...variant, format: "text", enabledAt: null } as const;
  const on = { ...off, enabledAt: 0 } as const;

  test.each([
    ["the template that is enabled", [on], "Own", { body: "By template", template: { variant: 7, template: 70 } }],
    ["the step's own text where no template is enabled", [off], "Own", { body: "Own" }],
    ["nothing where there is neither: the enrollment fails", [off], null, null],
  ])("and woke -> sends %s", (_, variants, body, content) => {
    const facts = { ...running, tree: treeWith({ [SECOND_STEP]: { ...written, variants, body } as Partial<Step> }) };
    const { state, deliver: claimed } = decide(mailWaiting, woke(facts), now);
    if (content !== null) {
      expect(claimed?.content).toMatchObject(content);
      expect("template" in (claimed?.content ?? {})).toBe("template" in content);
      return;
    }
    expect(claimed).toBeUndefined();
    const error = "the step has no enabled template";
    expect(state).toMatchObject({ task: null, phase: { is: "ended", why: "failed", error, step: SECOND_STEP } });
  });

  test.each([
    ["sequence", sequencePaused],
    ["channel", channelPaused],
  ] as const)("and woke under a hold of the %s -> held", (held, { sequence, channel }) => {
    const { state, deliver: claimed } = decide(mailWaiting, woke({ ...mailed, sequence, channel }), now);
    expect(state).toMatchObject({ task: mailing, phase: { is: "waiting", held } });
    expect(claimed).toBeUndefined();
  });

  const delivered = { kind: "delivered", providerId: "p" } as const;
  const outcome = (kind: object, facts: Facts | null = mailed): Event =>
    ({ kind: "outcome", message: leased.message, attempt: 1, outcome: kind, facts }) as Event;

  test("sent -> the task is complete, and the next step comes; v1 counts no message step", () => {
    const { state, deeds } = decide(mailUnderWay, outcome(delivered), now);
    expect(state).toMatchObject({ task: null, inFlight: null, ran: [FIRST, SECOND_STEP], anchorAt: J });
    expect(state).toMatchObject({ lastShown: FIRST, lastTouch: SECOND_STEP, lastMessage: leased.message });
    expect(state.phase).toEqual({ is: "waiting", step: THIRD, dueAt: J + DAY });
    expect(deeds).toMatchObject([
      { what: "message", status: "sent" },
      { what: "task", status: "completed", by: 4, task: { id: mail.id } },
    ]);
  });

  test("sent after an end -> recorded, the task stays cancelled", () => {
    const over = decide(mailUnderWay, { kind: "exit", why: "removed" }, now).state;
    const { state, deeds } = decide(over, outcome(delivered), now);
    expect(state.phase).toMatchObject({ is: "ended", why: "removed" });
    expect(deeds).toMatchObject([{ what: "message", status: "sent" }]);
  });

  test("refused for good -> failed, the task cancelled; retried -> a new task", () => {
    const { state, deeds } = decide(mailUnderWay, outcome({ kind: "permanent", reason: "gone" }), now);
    expect(state.phase).toMatchObject({ is: "ended", why: "failed", step: SECOND_STEP });
    expect(deeds).toMatchObject([{ what: "message", status: "failed" }, { what: "task", status: "cancelled" }, {}]);
    const again = decide(decide(state, { kind: "retry" }, now).state, woke(mailed), now);
    expect(again.state).toMatchObject({ phase: { is: "working" }, task: { id: actId(trip.id, 2) } });
  });

  test("under way + complete, skip, reschedule, deliver -> refused, it is being sent", () => {
    for (const event of [complete(), skip, reschedule(J + DAY), deliver]) {
      expect(decide(mailUnderWay, event, now)).toEqual({ state: mailUnderWay, deeds: [], refusal: "task_sending" });
    }
  });

  test("between attempts + complete -> the mail is cancelled, the task complete", () => {
    const { state, deeds } = decide(mailBackingOff, complete(), now);
    expect(state).toMatchObject({ inFlight: null, task: null, phase: { is: "waiting", step: null } });
    expect(deeds).toMatchObject([
      { what: "message", status: "cancelled", reason: "its task was completed" },
      { what: "task", status: "completed" },
    ]);
  });

  test("between attempts + pause, resume, woke when it is time -> tried again with the same bytes", () => {
    const stopped = decide(mailBackingOff, { kind: "pause", why: "manual" }, now).state;
    const back = decide(stopped, { kind: "resume" }, now).state;
    expect(back).toMatchObject({ task: mailing, phase: { is: "waiting", step: SECOND_STEP } });
    const { deliver: claimed } = decide(back, woke(mailed), later(30 * SECOND));
    expect(claimed).toMatchObject({
      ...backingOff,
      task: mail.id,
      attempt: 2,
      since: W,
      retryAt: null,
      lease: W + 90 * SECOND,
    });
  });

  test("in closed hours -> sent all the same, and tried again, for somebody has chosen the time", () => {
    const closed = { zone: "UTC", openings: [{ day: 1, from: "00:00", to: "00:01" }], holidays: [] };
    const timing = { ...ALWAYS_OPEN, scheduleId: 1, schedules: new Map([[1, closed]]) };
    expect(isOpen(J, closed, "UTC")).toBe(false);
    expect(decide(mailWaiting, woke({ ...mailed, timing }), now).deliver).toMatchObject({ attempt: 1 });
    expect(decide(mailBackingOff, woke({ ...mailed, timing }), later(30 * SECOND)).deliver).toMatchObject({
      attempt: 2,
    });
  });
});

describe("a call that was no task", () => {
  test.each(rows({ waiting, working, "ended completed": endedCompleted }))(
    "%s + called -> remembered, nothing else",
    (_, state) => {
      const { deeds, state: after } = decide(state, { kind: "called", at: J }, now);
      expect(after).toEqual({ ...state, callCompletedAt: J });
      expect(deeds).toEqual([]);
      expect(decide(after, { kind: "called", at: J - 1 }, now).state).toEqual(after);
    },
  );

  test("pending + called -> refused, not started", () => {
    expect(decide(pending, { kind: "called", at: J }, now).refusal).toBe("not_started");
  });
});

describe("what the mirror is told of a task", () => {
  const line = (status: string, n = 3) => taskLine({ ...told(status, {}, 4), n, at: J } as never);

  test.each([
    ["made", { state: "incomplete", result: null, completedAt: null }],
    ["rescheduled", { state: "incomplete", result: null, completedAt: null }],
    ["sending", { state: "pending", result: null, completedAt: null }],
    ["completed", { state: "complete", result: "completed", completedAt: J }],
    ["skipped", { state: "complete", result: "skipped", completedAt: J }],
    ["cancelled", { state: "complete", result: "cancelled", completedAt: null }],
  ])("%s -> said in full", (status, shown) => {
    const { id, step, madeAt, dueAt, skipAt } = call;
    const kind = { action: "call", taskType: "sequence_step_call", scheduledAt: null };
    expect(line(status)).toEqual({ n: 3, at: J, by: 4, id, step, madeAt, dueAt, skipAt, ...kind, ...shown });
  });

  test("of several tellings the newest line of each task stays", () => {
    const telling = (version: number, from: number, tasks: Telling["tasks"]): Telling => ({
      ...{ v: 1, enrollment: 7, workspace: 1, from, to: from, messages: [] },
      ...{ snapshot: { ...snapshotOf(working, now), version }, ...(tasks ? { tasks } : {}) },
    });
    const merged = mergeTellings([telling(5, 4, [line("completed", 4)]), telling(4, 3, [line("made", 3)])]);
    expect(merged).toMatchObject([{ from: 3, to: 4, tasks: [{ n: 4, state: "complete" }] }]);
    expect(merged[0]?.tasks).toHaveLength(1);
    expect(mergeTellings([telling(4, 3, undefined)])[0]).not.toHaveProperty("tasks");
  });
});
