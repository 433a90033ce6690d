/** (c) How late steps fire, where so many fall due in each second: from the instant that each is due until its message arrives. */
import { listen } from "./ears.ts";
import { type Findings, percentile, shown } from "./figures.ts";
import { clientOf } from "./load.ts";
import type { Runtime } from "./runtime.ts";
import { makeDrip, plantJourneys, setChannel } from "./stage.ts";

const WANTED = { perSecond: 100, p99: 250 };
/** How many fall due in a second, and for how many seconds. */
const LOADS = [
  { perSecond: 1, seconds: 20 },
  { perSecond: 100, seconds: 20 },
  { perSecond: 1000, seconds: 3 },
];
/** Wall milliseconds in which an object is started, at the most: what is due must lie behind the last start. */
const A_START = 4;
const CALM = 2000;
const LONGEST = 90_000;
const HOUR = 3600;

export async function lateness(runtime: Runtime): Promise<Findings> {
  const client = clientOf(runtime.url, runtime.key);
  const ears = await listen();
  await setChannel(client, ears.url);
  const found = [];
  for (const { perSecond, seconds } of LOADS) {
    // A sequence each, so that none of them meets what is left of another.
    const drip = await makeDrip(runtime, client, [HOUR], `${perSecond} a second`);
    const count = perSecond * seconds;
    const from = Date.now() + CALM + count * A_START;
    const { due } = await plantJourneys(
      runtime,
      client,
      drip,
      Array.from({ length: count }, (_, i) => Math.round(from + (i * 1000) / perSecond)),
    );
    if (Date.now() > from) throw new Error("the objects were not started in time");
    ears.forget();
    const came = await ears.until(count, from - Date.now() + seconds * 1000 + LONGEST);
    const late = ears.heard.map(({ enrollment, at }) => at - (due.get(enrollment) ?? Number.NaN));
    const over = (Math.max(...ears.heard.map(({ at }) => at)) - from) / 1000;
    found.push({ perSecond, count, came, late, rate: came / over });
  }
  ears.close();
  client.close();
  const rows = found.map(({ perSecond, count, came, late, rate }) => [
    shown(perSecond, 0),
    `${shown(came, 0)} of ${shown(count, 0)}`,
    ...[percentile(late, 0.5), percentile(late, 0.99), Math.max(...late)].map((ms) => shown(ms, 0)),
    shown(rate),
  ]);
  const p99 = percentile(found.find(({ perSecond }) => perSecond === WANTED.perSecond)?.late ?? [], 0.99);
  return {
    tables: [
      {
        title: "Lateness of fired steps, in milliseconds",
        head: ["due per second", "arrived", "p50", "p99", "max", "fired per second"],
        rows,
      },
    ],
    targets: [
      {
        what: `p99 lateness at ${WANTED.perSecond} due/s`,
        wanted: `under ${WANTED.p99} ms`,
        found: `${shown(p99, 0)} ms`,
        met: p99 < WANTED.p99,
      },
    ],
  };
}
