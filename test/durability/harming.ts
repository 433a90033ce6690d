/** Knows how what is planned is done: each harm at its time, and what it broke mended when its time is over. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ClockCheck, readClock } from "./clock.ts";
import { act, mendChannels, type Scene } from "./deeds.ts";
import { type Faults, INNER_HARMS, type InnerHarm, NO_FAULTS } from "./faults.ts";
import { type Harm, inWords, type Plan } from "./plan.ts";
import type { Receiver } from "./receiver.ts";

/** A kill waits so long for messages to be under way, and for a look at the clock. */
const PATIENCE = 2000;
const MOMENT = 300;
const GLANCE = 5;
/** What was asked of D1 so long ago may have been struck still. */
const AROUND = 3000;

interface Harming {
  scene: Scene;
  receiver: Receiver;
  say: (text: string) => void;
  /** What the server suffers from within; a kill ends it. */
  faults: Omit<Faults, "clock">;
  /** Wall time at which D1 was last let go. */
  mendedAt: number;
  /** What the clock showed around each kill. */
  clocks: ClockCheck[];
  /** Switches, one after the other: what is thrown back must have been thrown before. */
  thrown: Promise<void>;
}

/** Returns what the clock showed around each kill. */
export async function doHarm(
  { seed, harms }: Plan,
  scene: Scene,
  around: Pick<Harming, "receiver" | "say">,
): Promise<ClockCheck[]> {
  let began = Date.now();
  const faults = { ...NO_FAULTS, seed };
  const harming: Harming = { ...around, scene, faults, mendedAt: 0, clocks: [], thrown: Promise.resolve() };
  scene.isHarmed = () => harming.faults.database !== NO_FAULTS.database || Date.now() - harming.mendedAt < AROUND;
  const underWay: Promise<void>[] = [];
  for (const harm of harms) {
    await sleep(Math.max(0, began + harm.at - Date.now()));
    const since = Date.now();
    const done = inflict(harming, harm).catch((error: unknown) => {
      throw new Error(`it could not be done: ${inWords(harm)}`, { cause: error });
    });
    // Whatever could not be done is told of once all was tried.
    done.catch(() => undefined);
    underWay.push(done);
    if (harm.kind !== "kill") continue;
    await done;
    // There is nothing to harm while it is dead.
    began += Date.now() - since;
  }
  await Promise.all(underWay);
  return harming.clocks;
}

async function inflict(harming: Harming, harm: Harm): Promise<void> {
  const { scene, receiver } = harming;
  switch (harm.kind) {
    case "kill":
      return kill(harming, harm.at);
    case "receiver":
      receiver.suffer(harm.how);
      await sleep(harm.lasts);
      receiver.mend();
      return harm.how === "receiver is gone" ? openAgain(scene) : undefined;
    case "inside":
      return strike(harming, harm);
    case "clock":
      await scene.server.leap(harm.by);
      return scene.server.suffer(harming.faults);
    case "deed":
      if (!("of" in harm.deed)) return act(scene, harm.deed);
      harming.thrown = harming.thrown.then(() => act(scene, harm.deed));
      return harming.thrown;
  }
}

/** Whoever was told that the receiver was gone shuts the channel, some of them only now. */
async function openAgain({ api }: Scene): Promise<void> {
  for (let looks = 0; looks < 3; looks++) {
    await mendChannels(api);
    await sleep(MOMENT);
  }
}

async function kill(harming: Harming, nth: number): Promise<void> {
  const { api, server } = harming.scene;
  const before = await Promise.race([readClock(api, server, `before-${nth}`), sleep(MOMENT, null)]);
  for (const since = Date.now(); harming.receiver.open() === 0 && Date.now() - since < PATIENCE; ) await sleep(GLANCE);
  harming.say(`kill -9, with ${harming.receiver.open()} messages under way`);
  await server.kill();
  harming.faults = { ...NO_FAULTS, seed: harming.faults.seed };
  await server.start();
  const after = await readClock(api, server, `after-${nth}`);
  if (before && after) harming.clocks.push({ before, after });
}

async function strike(harming: Harming, { how, lasts }: { how: InnerHarm; lasts: number }): Promise<void> {
  const { server } = harming.scene;
  const struck = INNER_HARMS[how];
  harming.faults = { ...harming.faults, ...struck };
  await server.suffer(harming.faults);
  await sleep(lasts);
  if ("database" in struck) harming.mendedAt = Date.now();
  const whole = Object.keys(struck).map((part) => [part, NO_FAULTS[part as keyof typeof struck]]);
  harming.faults = { ...harming.faults, ...Object.fromEntries(whole) };
  return server.suffer(harming.faults);
}
