/** Knows which faults the server can be made to suffer from within. Chances run from 0 to 1. */

export interface Faults {
  /** What the chances are drawn by. */
  seed: number;
  /** Milliseconds that its wall clock goes wrong by. */
  clock: number;
  /** Writes are refused, or carried out and their answer lost; where `reads` is set, reads too. All wait up to `stalls` ms. */
  database: { refuses: number; loses: number; reads: boolean; stalls: number };
  /** Of what is put on any queue. What is late comes up to so many seconds later. */
  queues: { refuses: number; drops: number; doubles: number; late: number };
  /** Calls from the front to objects are not made, or made and their answer lost. */
  objects: { refuses: number; loses: number };
}

export const NO_FAULTS: Faults = {
  seed: 0,
  clock: 0,
  database: { refuses: 0, loses: 0, reads: false, stalls: 0 },
  queues: { refuses: 0, drops: 0, doubles: 0, late: 0 },
  objects: { refuses: 0, loses: 0 },
};

type Part = "database" | "queues" | "objects";

const { database, queues, objects } = NO_FAULTS;

/** What goes on inside for a while, by its name. */
export const INNER_HARMS = {
  "D1 refuses writes": { database: { ...database, refuses: 1 } },
  "D1 refuses some writes": { database: { ...database, refuses: 0.4 } },
  "D1 is down": { database: { ...database, refuses: 1, reads: true } },
  "D1 loses answers": { database: { ...database, loses: 0.4 } },
  "D1 stalls": { database: { ...database, stalls: 3000 } },
  "queues drop": { queues: { ...queues, drops: 0.6 } },
  "queues double": { queues: { ...queues, doubles: 0.7 } },
  "queues are late": { queues: { ...queues, late: 4 } },
  "queues refuse": { queues: { ...queues, refuses: 0.7 } },
  "objects are out of reach": { objects: { ...objects, refuses: 0.5 } },
  "objects' answers are lost": { objects: { ...objects, loses: 0.5 } },
} satisfies Record<string, Partial<Pick<Faults, Part>>>;

export type InnerHarm = keyof typeof INNER_HARMS;
