/** Knows what harm a run does and when: all of it drawn from its seed, so that the same seed does the same again. */
import { type Chance, chanceOf } from "./chance.ts";
import { INNER_HARMS, type InnerHarm } from "./faults.ts";
import { RECEIVER_HARMS, type ReceiverHarm } from "./receiver.ts";

/** What people do meanwhile. `who` is a number below 1 that picks one of those whom it may befall. */
export const DEEDS = {
  someone: ["reply", "reply twice", "reply late", "reply by queue", "stop", "exit", "pause", "erase"],
  sequence: ["insert", "delete", "move", "text", "delay"],
  task: ["complete"],
} as const;

/** Switches that are thrown and thrown back. */
export const SWITCHES = ["workspace", "channel", "sequence"] as const;
export type Switch = (typeof SWITCHES)[number];

export type Deed =
  | { what: (typeof DEEDS)[keyof typeof DEEDS][number]; who: number }
  | { what: "archive" }
  | { what: "off" | "on"; of: Switch };

/** Milliseconds since the run began. */
export type Harm = { at: number } & (
  | { kind: "kill" }
  | { kind: "receiver"; how: ReceiverHarm; lasts: number }
  | { kind: "inside"; how: InnerHarm; lasts: number }
  | { kind: "clock"; by: number }
  | { kind: "deed"; deed: Deed }
);

export interface Plan {
  seed: number;
  /** How long harm is done. */
  lasts: number;
  kills: number;
  harms: Harm[];
}

const SECOND = 1000;
/** Time for a server to come up again, so that each kill meets one that does something. */
const APART = 6 * SECOND;
/** The most that a clock is set back by. */
export const MOST_BACK = 5 * SECOND;

export function planOf(seed: number, { lasts, kills: asked }: { lasts: number; kills: number | null }): Plan {
  const chance = chanceOf(seed);
  const kills = asked ?? 2 + Math.floor(chance.next() * 3);
  const whole = Math.max(lasts, kills * APART);
  const harms = [
    ...killsIn(chance, kills, whole),
    ...outer(chance, whole),
    ...inner(chance, whole),
    ...leaps(chance, whole),
    ...deeds(chance, whole),
  ];
  return { seed, lasts: whole, kills, harms: harms.sort((a, b) => a.at - b.at) };
}

/** Each at a random instant of its share of the time. */
function killsIn(chance: Chance, kills: number, whole: number): Harm[] {
  const share = (whole - SECOND) / kills;
  return Array.from({ length: kills }, (_, i) => {
    const at = SECOND + i * share + chance.between(0, Math.max(share - APART, SECOND));
    return { at, kind: "kill" as const };
  });
}

/** Every way in which a receiver fails, in an order of its own, one after the other. */
function outer(chance: Chance, whole: number): Harm[] {
  const ways = chance.shuffled(Object.keys(RECEIVER_HARMS) as ReceiverHarm[]);
  const share = whole / ways.length;
  return ways.map((how, i) => {
    const lasts = share * chance.between(0.4, 0.8);
    return { at: i * share + chance.between(0, share - lasts), kind: "receiver", how, lasts };
  });
}

function inner(chance: Chance, whole: number): Harm[] {
  const ways = chance.shuffled(Object.keys(INNER_HARMS) as InnerHarm[]);
  const share = whole / ways.length;
  return ways.map((how, i) => {
    const lasts = share * chance.between(0.5, 1);
    return { at: i * share, kind: "inside", how, lasts };
  });
}

/** The clock is set ahead twice, and sometimes back a little. */
function leaps(chance: Chance, whole: number): Harm[] {
  const ahead: Harm[] = [0, 1].map(() => ({
    at: chance.between(0.1, 1) * whole,
    kind: "clock",
    by: Math.round(chance.between(2, 30) * SECOND),
  }));
  const back: Harm = {
    at: chance.between(0.1, 1) * whole,
    kind: "clock",
    by: -Math.round(chance.between(1, 5) * SECOND),
  };
  return chance.next() < 0.5 ? [...ahead, back] : ahead;
}

const ROUNDS = 5;

function deeds(chance: Chance, whole: number): Harm[] {
  const at = () => chance.between(0.05, 1) * whole;
  const all = [...DEEDS.someone, ...DEEDS.sequence, ...DEEDS.task];
  const many = Array.from({ length: ROUNDS }, () => all).flat();
  const done = many.map((what): Harm => ({ at: at(), kind: "deed", deed: { what, who: chance.next() } }));
  const thrown = SWITCHES.flatMap((of): Harm[] => {
    const off = at() * 0.7;
    const on = off + chance.between(0.05, 0.25) * whole;
    return [
      { at: off, kind: "deed", deed: { what: "off", of } },
      { at: on, kind: "deed", deed: { what: "on", of } },
    ];
  });
  return [...done, ...thrown, { at: at(), kind: "deed", deed: { what: "archive" } }];
}

export function inWords(harm: Harm): string {
  const at = `${(harm.at / SECOND).toFixed(2).padStart(6)} s  `;
  switch (harm.kind) {
    case "kill":
      return `${at}kill -9`;
    case "receiver":
    case "inside":
      return `${at}${harm.how}, for ${(harm.lasts / SECOND).toFixed(2)} s`;
    case "clock":
      return `${at}the clock leaps by ${(harm.by / SECOND).toFixed(2)} s`;
    case "deed": {
      const { deed } = harm;
      if (deed.what === "archive") return `${at}archive`;
      return "of" in deed ? `${at}${deed.of} ${deed.what}` : `${at}${deed.what} (${deed.who.toFixed(4)})`;
    }
  }
}
