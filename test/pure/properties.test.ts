import { describe, expect, test } from "vitest";
import { nextWake } from "../../src/domain/alarm";
import { isEnded } from "../../src/domain/enrollment";
import type { Outcome } from "../../src/domain/message";
import { awaited } from "../../src/domain/tree";
import { always, eachTurn } from "./happenings";
import { factsOf, fair, happen, nowOf, type Ride, turn } from "./ride";

const TERMINAL = ["sent", "unconfirmed", "failed", "cancelled"];
function fatesOf(ride: Ride, message: number) {
  return ride.history.filter((entry) => entry.what === "message").filter((entry) => entry.message === message);
}

describe("whatever happens, in whatever order", () => {
  test("a step is claimed once, unless the enrollment failed and was retried", () => {
    always((ride) => {
      const open = new Set<number>();
      for (const { decision, before, event } of ride.turns) {
        if (event.kind === "retry" && decision.refusal === undefined) open.clear();
        const { deliver } = decision;
        if (!deliver || deliver.message === before.inFlight?.message) continue;
        expect(open).not.toContain(deliver.step);
        open.add(deliver.step);
      }
    });
  });

  test("a step's message is sent at most once, retried or not", () => {
    always((ride) => {
      const sent = ride.history.flatMap((entry) =>
        entry.what === "message" && entry.status === "sent" ? entry.step : [],
      );
      expect(sent).toEqual([...new Set(sent)]);
    });
  });

  test("every attempt at a message carries the same bytes, and the attempts are counted", () => {
    always((ride) => {
      for (const [, attempts] of Map.groupBy(ride.claims, (claim) => claim.message)) {
        for (const { content, step } of attempts) {
          expect({ content, step }).toEqual({ content: attempts[0]?.content, step: attempts[0]?.step });
        }
        expect(attempts.map((claim) => claim.attempt)).toEqual(attempts.map((_, i) => i + 1));
      }
    });
  });

  test("no message is begun after an end, unless a retry brought the journey back", () => {
    always((ride) => {
      let over = false;
      for (const { decision, event } of ride.turns) {
        if (event.kind === "retry" && decision.refusal === undefined) over = false;
        if (over) expect(decision.deliver).toBeUndefined();
        if (decision.deliver) expect(decision.state.phase.is).toBe("waiting");
        over ||= decision.state.phase.is === "ended";
      }
    });
  });

  test("an end stays an end: only a retry of the failed takes it back", () => {
    eachTurn(({ before, decision, event }) => {
      if (before.phase.is !== "ended") return;
      const back = event.kind === "retry" && before.phase.why === "failed";
      expect(decision.state.phase).toEqual(back ? expect.objectContaining({ is: "waiting" }) : before.phase);
    });
  });

  test("every live journey has a wake-up ahead, or is held, paused, or worked on", () => {
    eachTurn(({ after, now }) => {
      const { phase } = after;
      const waits =
        phase.is === "paused" || phase.is === "working" || (phase.is === "waiting" && phase.held !== undefined);
      if (phase.is === "ended" || waits) return;
      expect(phase.is).toBe("waiting");
      expect(nextWake(after, now)).toBeGreaterThan(now.wall);
    });
  });

  test("a message under way always has its lease for an alarm, ended or not", () => {
    eachTurn(({ after, now }) => {
      const lease = after.inFlight?.lease ?? null;
      if (lease !== null) expect(nextWake(after, now)).toBe(Math.max(lease, now.wall + 1));
    });
  });

  test("every claimed message is under way, or has met its fate, one in each life of the enrollment", () => {
    always((ride) => {
      for (const message of new Set(ride.claims.map((claim) => claim.message))) {
        const fates = fatesOf(ride, message).filter(({ status }) => TERMINAL.includes(status));
        const lives = fates.map(
          ({ n }) => ride.history.filter((entry) => entry.what === "retried" && entry.n < n).length,
        );
        expect(lives).toEqual([...new Set(lives)]);
        if (ride.state.inFlight?.message === message) continue;
        expect(TERMINAL).toContain(fatesOf(ride, message).at(-1)?.status);
      }
    });
  });

  test("a journey that ends says so once, and one that does not end does not", () => {
    eachTurn(({ before, after, decision }) => {
      const ends = before.phase.is !== "ended" && after.phase.is === "ended";
      expect(decision.deeds.filter((deed) => deed.what === "ended")).toHaveLength(ends ? 1 : 0);
      if (ends) expect(decision.deeds.at(-1)?.what).toBe("ended");
    });
  });

  test("a journey completes only when no step is left ahead of the one it awaited", () => {
    eachTurn(({ before, after, event }) => {
      if (before.phase.is === "ended" || after.phase.is !== "ended" || after.phase.why !== "completed") return;
      const facts = event.kind === "wake" || event.kind === "outcome" ? event.facts : null;
      const step = event.kind === "wake" && before.phase.is !== "pending" ? before.phase.step : null;
      expect(facts && awaited(facts.tree, { ...after, step })).toBeNull();
      expect(facts?.sequence.running).toBe(true);
    });
  });

  test("a refusal changes nothing", () => {
    eachTurn(({ before, decision }) => {
      if (decision.refusal === undefined) return;
      expect(decision).toEqual({ state: before, deeds: [], refusal: decision.refusal });
    });
  });

  test("messages are numbered without a gap, entries too, and the state counts both", () => {
    always((ride) => {
      const ids = [...new Set(ride.claims.map((claim) => claim.message))];
      expect(ids).toEqual(ids.map((_, i) => 7 * 4096 + i + 1));
      expect(ride.state.messages).toBe(ids.length);
      expect(ride.history.map((entry) => entry.n)).toEqual(ride.history.map((_, i) => i + 1));
      expect(ride.state.entries).toBe(ride.history.length);
    });
  });

  test("the steps that ran are the ones sent or unconfirmed, in their order", () => {
    always((ride) => {
      const gone = ride.turns.flatMap(({ before, after }) => after.ran.slice(before.ran.length));
      expect(ride.state.ran).toEqual(gone);
      expect(ride.state.lastStep).toBe(gone.at(-1) ?? null);
      expect(ride.state.ran).toEqual([...new Set(ride.state.ran)]);
    });
  });

  test("the state is plain data: it survives the object's storage and JSON", () => {
    eachTurn(({ after }) => {
      expect(structuredClone(after)).toStrictEqual(after);
      expect(JSON.parse(JSON.stringify(after))).toStrictEqual(after);
    });
  });
});

describe("left alone in a fair world", () => {
  test("every live journey reaches its end, by its own alarms and what lifts its hold", () => {
    always((ride) => {
      if (isEnded(ride.state)) return;
      ride.world = fair;
      for (let i = 0; i < 200 && !isEnded(ride.state); i++) goOn(ride);
      const { phase } = ride.state;
      if (phase.is === "ended" && phase.why === "failed") expect(phase.error).toMatch(/^given up/);
      else expect(phase).toMatchObject({ is: "ended", why: expect.stringMatching(/^(completed|replied)$/) });
    });
  });
});

/** Takes it to its next alarm, where what it claims is delivered. What is paused is resumed, what is held is woken. */
function goOn(ride: Ride): void {
  if (ride.state.phase.is === "paused") turn(ride, { kind: "resume" });
  const held = ride.state.phase.is === "waiting" && ride.state.phase.held !== undefined;
  ride.wall = held ? ride.wall + 1 : (nextWake(ride.state, nowOf(ride)) ?? ride.wall);
  turn(ride, { kind: "wake", facts: factsOf(ride) });
  const delivered: Outcome = { kind: "delivered", providerId: null };
  happen(ride, { does: "outcome", outcome: delivered, factless: false, late: false });
}
