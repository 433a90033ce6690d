/** Knows how the log is written: a line is one JSON object, says what it is about, and has nothing personal in it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { blanked } from "./domain/blank";
import { causeOf } from "./domain/fault";
import type { Level } from "./domain/level";

/** Ids, kinds and figures; whatever else is known of a failure is its cause. */
export interface Told {
  [name: string]: unknown;
  error?: unknown;
}

/** What a request, a batch or a sweep is about; everything that is written during it tells that too. */
const subject = new AsyncLocalStorage<Told>();

/** Of the isolate: its settings are the same for all that runs in it. */
let least: Level = "info";

export function writeFrom(level: Level): void {
  least = level;
}

export function about<T>(told: Told, deed: () => T): T {
  return subject.run(told, deed);
}

/** Adds to what is being done, once it is known. */
export function know(told: Told): void {
  Object.assign(subject.getStore() ?? {}, told);
}

export function note(message: string, told: Told = {}): void {
  if (least === "info") console.log(lineOf("info", message, told));
}

export function warn(message: string, told: Told = {}): void {
  console.warn(lineOf("warn", message, told));
}

/** Of what should never have happened, or needs somebody to look into it. */
export function report(message: string, told: Told = {}): void {
  console.error(lineOf("error", message, told));
}

/** Does something that is noted with the time it took, and that is reported where it fails. */
export async function timed<T>(message: string, told: Told, deed: () => Promise<T>): Promise<T> {
  const began = Date.now();
  return about({ ...told }, async () => {
    try {
      const done = await deed();
      note(message, { ms: Date.now() - began });
      return done;
    } catch (error) {
      report(`${message}, and failed`, { ms: Date.now() - began, error });
      throw error;
    }
  });
}

function lineOf(level: string, message: string, { error, ...told }: Told): string {
  const cause = error === undefined ? {} : { error: blanked(causeOf(error)) };
  return JSON.stringify({ level, message, ...subject.getStore(), ...told, ...cause });
}
