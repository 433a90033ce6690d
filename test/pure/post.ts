/** Knows the world of a journey on EMAIL: who sends, by what its mails are named, and how one of them goes out. */
import { decide } from "../../src/domain/decide";
import type { State, Trip } from "../../src/domain/enrollment";
import { unstarted } from "../../src/domain/enrollment";
import type { Facts } from "../../src/domain/facts";
import type { Post } from "../../src/domain/mail";
import type { Content, Outcome } from "../../src/domain/message";
import type { Step } from "../../src/domain/step";
import { DAY } from "../../src/domain/time";
import { FIRST, later, now, running, SECOND_STEP, THIRD, treeWith, trip } from "./given";

export const SEAL = "0123456789abcdef01234567";

export const post: Post = {
  seal: SEAL,
  publicUrl: "https://drip.test",
  replyDomain: "in.drip.test",
  sender: { address: "ada@example.com", name: "Ada", replyTo: null },
  box: null,
  tracks: { opens: false, clicks: false },
};

export const mailTrip: Trip = { ...trip, platform: "EMAIL" };

type Written = { subject?: string | null; body?: string; preheader?: string; isReply?: boolean } & Record<
  string,
  unknown
>;

/** The three steps, at once one after the other, as these say. */
export function mails([first = {}, second = {}, third = {}]: Written[], over: Partial<Facts> = {}): Facts {
  const changes = {
    [FIRST]: step(FIRST, first),
    [SECOND_STEP]: step(SECOND_STEP, second),
    [THIRD]: step(THIRD, third),
  };
  return { ...running, post, tree: treeWith(changes), ...over };
}

function step(
  id: number,
  { isReply = false, subject = null, body = `mail ${id}`, preheader, ...more }: Written,
): Partial<Step> {
  const variant = {
    id: id * 10,
    templateId: id * 100,
    isPrivate: true,
    isReply,
    weight: 1,
    enabledAt: 0,
    subject,
    body,
  };
  const settings = preheader === undefined ? {} : { preheader };
  return { delay: 0, settings, variants: [{ ...variant, format: "text", ...more }] } as Partial<Step>;
}

export const begun: State = {
  ...unstarted(mailTrip),
  phase: { is: "waiting", step: FIRST, dueAt: mailTrip.enrolledAt },
};

export interface Went {
  state: State;
  content: Content;
}

/** What is due goes, and comes to this. */
export function goes(state: State, facts: Facts, outcome: Outcome, days = 0): Went {
  const at = later(days * DAY);
  const claimed = decide(state, { kind: "wake", facts }, at);
  const { deliver } = claimed;
  if (!deliver?.content) throw new Error(`nothing went: ${JSON.stringify(claimed.state.phase)}`);
  const { message, attempt, content } = deliver;
  const settled = decide(claimed.state, { kind: "outcome", message, attempt, outcome, facts }, at);
  return { state: settled.state, content };
}

/** What would go now. */
export function mailIn(facts: Facts, state: State = begun): Content | string {
  const { state: after, deliver } = decide(state, { kind: "wake", facts }, now);
  const { phase } = after;
  return deliver?.content ?? (phase.is === "ended" ? (phase.error ?? phase.why) : phase.is);
}
