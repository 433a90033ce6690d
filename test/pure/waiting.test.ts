import { describe, expect, test } from "vitest";
import type { State } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import { HOUR, SECOND } from "../../src/domain/time";
import { whyWaiting } from "../../src/domain/waiting";
import { channelPaused, J, now, running, sequencePaused, W, workspacePaused } from "./given";
import {
  call,
  ended,
  mailWaiting,
  paused,
  pausedToFinish,
  pausedUntil,
  pausedWithLeased,
  pending,
  rows,
  waiting,
  waitingBackingOff,
  waitingDue,
  waitingHeld,
  waitingInFlight,
  waitingStranded,
  working,
  workingAtMail,
} from "./states";

const reasons: [string, State, Facts, ReturnType<typeof whyWaiting>][] = [
  ["pending", pending, running, { for: "start", until: null, detail: "the enrollment has not started" }],
  ["waiting", waiting, running, { for: "delay", until: J + HOUR / 2, detail: "the next step's delay" }],
  [
    "waiting, not due, while the sequence is paused",
    waiting,
    sequencePaused,
    { for: "delay", until: J + HOUR / 2, detail: "the next step's delay, and then: the sequence is not active" },
  ],
  [
    "due while the sequence is paused",
    waitingHeld,
    sequencePaused,
    { for: "sequence", until: null, detail: "the sequence is not active" },
  ],
  [
    "due while the workspace is paused",
    waitingDue,
    workspacePaused,
    { for: "workspace", until: null, detail: "the workspace's sending is paused" },
  ],
  [
    "its channel broken",
    waitingStranded,
    channelPaused,
    { for: "channel", until: null, detail: "the channel is paused" },
  ],
  [
    "between attempts",
    waitingBackingOff,
    running,
    { for: "retry", until: J + 30 * SECOND, detail: "attempt 1 failed; the next one follows" },
  ],
  [
    "between attempts while the channel is paused",
    waitingBackingOff,
    channelPaused,
    { for: "channel", until: null, detail: "the channel is paused" },
  ],
  [
    "between attempts while the sequence is paused, its step put off meanwhile",
    { ...waitingBackingOff, phase: waiting.phase },
    sequencePaused,
    { for: "sequence", until: null, detail: "the sequence is not active" },
  ],
  [
    "a message under way",
    waitingInFlight,
    sequencePaused,
    { for: "sending", until: J + 59 * SECOND, detail: "a message is being sent" },
  ],
  [
    "paused with a message under way",
    pausedWithLeased,
    running,
    { for: "sending", until: J + 59 * SECOND, detail: "a message is being sent" },
  ],
  ["paused", paused, running, { for: "paused", until: null, detail: "paused: manual" }],
  ["paused until", pausedUntil(J + 5), running, { for: "paused", until: J + 5, detail: "paused: out_of_office" }],
  ["paused to finish", pausedToFinish(J + 5), running, { for: "paused", until: J + 5, detail: "paused: reply" }],
  [
    "working",
    working,
    running,
    { for: "task", until: J + HOUR, detail: "a call task must be completed", task: call.id },
  ],
  [
    "working at a mail",
    workingAtMail,
    running,
    { for: "task", until: J + HOUR, detail: "a manual email must be sent", task: call.id },
  ],
  [
    "waiting with the mail of a task, its channel paused",
    mailWaiting,
    channelPaused,
    { for: "channel", until: null, detail: "the channel is paused" },
  ],
];

describe("why nothing is being sent", () => {
  test.each(reasons)("%s -> said as a person would want to hear it", (_, state, facts, reason) => {
    expect(whyWaiting(state, facts, now)).toEqual(reason);
  });

  test.each(rows(ended))("%s -> nothing is waited for", (_, state) => {
    expect(whyWaiting(state, running, now)).toBeNull();
  });

  test("the journey's clock runs faster -> the next attempt is told in journey time", () => {
    const fast = { wall: W, journey: J, speed: 60 };
    expect(whyWaiting(waitingBackingOff, running, fast)?.until).toBe(J + 1800 * SECOND);
  });
});
