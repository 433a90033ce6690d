/** (d) The same drip beside Cloudflare Workflows: everybody is enrolled by a request of his own, and gets three messages. */
import { listen } from "./ears.ts";
import { type Findings, inTurn, median, ROUNDS, ratioOf, shown } from "./figures.ts";
import { clientOf, pace } from "./load.ts";
import type { Runtime } from "./runtime.ts";
import { makeDrip, plantContacts, setChannel } from "./stage.ts";

const WANTED = 3;
const CROWD = 200;
/** Seconds before each message. */
const DELAYS = [0, 1, 1];
/** Wall milliseconds in which nobody has anything to do but to wait. */
const WAITS = DELAYS.reduce((sum, delay) => sum + delay, 0) * 1000;
const LONGEST = 120_000;

export async function drips(runtime: Runtime, where: string): Promise<Findings> {
  const client = clientOf(runtime.url, runtime.key);
  const ears = await listen();
  await setChannel(client, ears.url);
  const { sequence } = await makeDrip(runtime, client, DELAYS);
  let contact = await plantContacts(runtime, CROWD * (ROUNDS + 1));
  let nth = 0;
  const all = async (enroll: (i: number) => Promise<unknown>): Promise<number> => {
    ears.forget();
    const began = Date.now();
    await pace(CROWD, enroll);
    const messages = CROWD * DELAYS.length;
    const came = await ears.until(messages, LONGEST);
    if (came < messages) throw new Error(`only ${came} of ${messages} messages arrived`);
    return (CROWD / (Date.now() - began - WAITS)) * 1000;
  };
  const real = () => {
    const first = contact;
    contact += CROWD;
    return all((i) =>
      client.send({
        method: "POST",
        path: `/v1/sequences/seq_${sequence}/enrollments`,
        body: JSON.stringify({ contactId: `contact_${first + i}`, platform: "WEBHOOK" }),
      }),
    );
  };
  const workflow = () =>
    all((i) => {
      const params = { enrollment: ++nth, contact: i + 1, receiver: ears.url, delays: DELAYS };
      return client.send({ method: "POST", path: "/bare/drips", body: JSON.stringify(params) });
    });
  const [ours = [], theirs = []] = await inTurn(ROUNDS, [real, workflow]);
  ears.close();
  client.close();
  const ratio = ratioOf(ours, theirs);
  return {
    tables: [
      {
        title: `The same drip beside Cloudflare Workflows, ${where}`,
        head: ["", "drips a second", "ratio"],
        rows: [
          ["Dripline", shown(median(ours)), shown(ratio)],
          ["Workflows", shown(median(theirs)), ""],
        ],
        notes: [
          `${CROWD} people, ${DELAYS.length} messages after ${DELAYS.join(", ")} s, the ${WAITS / 1000} s of waiting taken off; the Workflow looks at the contact before each message, and keeps no history, statistics or lists.`,
        ],
      },
    ],
    targets: [
      {
        what: `drips a second ${where}`,
        wanted: `${WANTED} times as many as Workflows`,
        found: shown(ratio),
        met: ratio >= WANTED,
      },
    ],
  };
}
